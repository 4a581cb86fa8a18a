"""`host train` as users call it: once, again, and killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.conftest import ROOT
from tests.host.cli.train.calls import call, drop_last_pairs, edit, record, train

ROLES = ("xnli", "udpos", "encoder")


def test_shared_phases_run_once(trained: tuple[Path, Any]) -> None:
    """Three checkpoints of a variant begin with one encoder; nine come of nine phases."""
    study, printed = trained
    assert [one["state"] for one in printed["checkpoints"]] == ["made"] * 9
    tasks = [phase["tasks"] for phase in printed["phases"]]
    assert tasks.count(["mnli"]) == tasks.count(["squad"]) == 1
    assert tasks.count(["mnli", "squad", "mlm"]) == 1
    assert len(tasks) == 9
    out = study.parent / "out/english"
    assert len({record(out / role)["phases"][1]["data_digest"] for role in ROLES}) == 1


def test_checkpoints_carry_their_lineage(trained: tuple[Path, Any]) -> None:
    """Base, phases, digests, seeds, hyperparameters, machine and versions."""
    study, _ = trained
    found = record(study.parent / "out/multi/xnli")
    assert (found["base_model"], found["regime"], found["target_task"]) == (
        "base",
        "multilingual",
        "xnli",
    )
    assert found["intermediate_tasks"] == ["mnli", "squad"]
    mixed, tuned = found["phases"]
    assert [part["examples"] for part in mixed["parts"][:2]] == [24, 24]
    assert mixed["masked_share"] == 0.2
    assert tuned["machine"]["device"] in {"cpu", *_gpus()}
    assert len(tuned["base_digest"]) == 64
    assert "torch" in found["versions"]
    assert record(study.parent / "out/direct/encoder")["phases"] == []


def _gpus() -> list[str]:
    return [torch.cuda.get_device_name()] if torch.cuda.is_available() else []


def test_an_export_takes_the_lineage_over(trained: tuple[Path, Any]) -> None:
    """artifact.json says what training.json said."""
    study, _ = trained
    done = call("export", study)
    assert done.exit_code == 0, done.stderr
    artifact = study.parent / "results/tiny/artifacts/multilingual/xnli/artifact.json"
    lineage = json.loads(artifact.read_bytes())["lineage"]
    assert (lineage["regime"], lineage["seeds"]) == ("multilingual", [1])
    assert lineage["intermediate_tasks"] == ["mnli", "squad"]


def test_what_is_done_is_left_alone(trained: tuple[Path, Any]) -> None:
    """The second call trains nothing, and says so."""
    study, _ = trained
    done = train(study)
    assert done.exit_code == 0
    assert "9 checkpoints trained already." in done.stderr
    assert "Nothing is to be trained." in done.stderr


def test_another_study_takes_what_this_one_has_trained(
    trained: tuple[Path, Any], tmp_path: Path
) -> None:
    """With other heads, only these are trained: the encoders are known by what made them."""
    shutil.copytree(trained[0].parent, tmp_path / "study")
    study = tmp_path / "study/study.yaml"
    text = study.read_text(encoding="utf-8").replace("out/", "other/")
    other = study.with_name("other.yaml")
    name = "study: tiny"
    assert name in text
    other.write_text(text.replace(name, "study: other"), encoding="utf-8")
    done = train(other, "--json")
    assert done.exit_code == 0, done.stderr
    printed = json.loads(done.stdout)
    assert [one["state"] for one in printed["checkpoints"]] == ["made"] * 9
    assert {tuple(one["tasks"]) for one in printed["phases"]} == {("xnli",), ("udpos",)}
    for role in ROLES:
        first = load_file(study.parent / f"out/english/{role}/model.safetensors")
        second = load_file(study.parent / f"other/english/{role}/model.safetensors")
        assert all(torch.equal(first[key], second[key]) for key in first)


def test_a_checkpoint_of_ones_own_is_used_as_it_is(
    trained: tuple[Path, Any], tmp_path: Path
) -> None:
    """Whatever made it: it is said, and neither trained nor overwritten."""
    shutil.copytree(trained[0].parent, tmp_path / "study")
    own = tmp_path / "study/out/direct/xnli/training.json"
    own.unlink()
    done = train(tmp_path / "study/study.yaml", "--only", "direct")
    assert done.exit_code == 0
    assert f"{own.parent}: not made by `host train`; it is used as it is." in done.stderr
    assert not own.exists()


@pytest.mark.slow
def test_phases_side_by_side_end_in_the_same_weights(
    study: Path, trained: tuple[Path, Any]
) -> None:
    """In processes of their own, with the same number of threads."""
    done = train(study, "--only", "direct", "--jobs", "2")
    assert done.exit_code == 0, done.stderr
    assert "2 phases side by side" in done.stderr
    for role in ("xnli", "udpos"):
        weights = f"out/direct/{role}/model.safetensors"
        one, two = load_file(study.parent / weights), load_file(trained[0].parent / weights)
        cores = len(os.sched_getaffinity(0))
        # Each has its share of the cores, which moves last bits where that is not one.
        same = torch.equal if cores <= 2 else torch.allclose
        assert all(same(one[name], two[name]) for name in two)


def test_a_task_may_have_a_number_of_examples_of_its_own(study: Path) -> None:
    """Where one task has fewer; the others keep theirs."""
    edit(study, "  target-examples", "  examples-by-task: {squad: 8}\n  target-examples")
    done = train(study, "--only", "english", "--json")
    assert done.exit_code == 0, done.stderr
    phases = record(study.parent / "out/english/encoder")["phases"]
    assert [(phase["task"], phase["examples"]) for phase in phases] == [("mnli", 24), ("squad", 8)]


def test_a_dry_run_says_what_it_would_take(study: Path) -> None:
    """Phases, updates, time and disk; nothing is trained."""
    done = train(study, "--only", "direct", "--dry-run")
    assert done.exit_code == 0, done.stderr
    assert "3 checkpoints to make, in 2 phases:" in done.stderr
    assert "About 6 updates, " in done.stderr
    assert " MB of disk at most" in done.stderr
    assert not (study.parent / "out").exists()


@pytest.mark.slow
def test_a_killed_training_goes_on_to_equal_weights(study: Path, trained: tuple[Path, Any]) -> None:
    """SIGKILL in the middle of a phase, then the same command again."""
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("  base: base", "  base: base\n  save-every: 1"))
    command = [sys.executable, "-m", "host.cli", "train", str(study), "--only", "english"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not list(study.parent.glob("results/tiny/training/*/update-*")):
        assert process.poll() is None
        assert time.monotonic() < deadline
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = train(study, "--only", "english")
    assert done.exit_code == 0, done.stderr
    assert "goes on from update" in done.stderr
    for role in ROLES:
        weights = f"out/english/{role}/model.safetensors"
        one, two = load_file(study.parent / weights), load_file(trained[0].parent / weights)
        assert all(torch.equal(one[name], two[name]) for name in two)
    assert not list(study.parent.glob("results/tiny/training/*/update-*"))


def test_data_that_changed_after_the_training_is_told(
    trained: tuple[Path, Any], tmp_path: Path
) -> None:
    """A checkpoint of other data is neither used silently nor overwritten."""
    shutil.copytree(trained[0].parent, tmp_path / "study")
    study = tmp_path / "study/study.yaml"
    drop_last_pairs(study)
    done = train(study, "--only", "direct")
    assert done.exit_code == 1
    assert "was trained otherwise than the study says now: xnli's" in done.stderr
    assert "to train it anew" in done.stderr
