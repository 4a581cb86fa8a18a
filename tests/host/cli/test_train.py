"""`host train` as users call it: once, again, killed, and with everything that can be wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from click.testing import CliRunner, Result
from safetensors.torch import load_file

from host.cli import main
from tests.conftest import ROOT
from tests.small_disk import fill
from tests.training_study import write_training_study
from training.model import load_with_head

ROLES = ("xnli", "udpos", "encoder")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """As the process that is killed has it."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that nobody has trained; read only."""
    return write_training_study(tmp_path_factory.mktemp("untrained"))


@pytest.fixture
def study(untrained: Path, tmp_path: Path) -> Path:
    """A study of one's own."""
    shutil.copytree(untrained.parent, tmp_path / "study")
    return tmp_path / "study/study.yaml"


def call(*arguments: str | Path) -> Result:
    """Call `host` in this process: importing torch anew would take longer than the training."""
    return CliRunner().invoke(main, [*map(str, arguments)])


def train(study: Path, *arguments: str) -> Result:
    return call("train", study, *arguments)


@pytest.fixture(scope="module")
def trained(untrained: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A study that was trained without interruption, and what the command printed."""
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("trained") / "study"
    shutil.copytree(untrained.parent, root)
    done = train(root / "study.yaml", "--json")
    assert done.exit_code == 0, done.stderr
    return root / "study.yaml", json.loads(done.stdout)


def record(folder: Path) -> Any:
    return json.loads((folder / "training.json").read_bytes())


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


def edit(study: Path, old: str, new: str) -> None:
    text = study.read_text(encoding="utf-8")
    assert old in text
    study.write_text(text.replace(old, new, 1), encoding="utf-8")


def _empty_language(study: Path) -> None:
    (study.parent / "train/mnli/train-de.tsv").write_text("")


def _no_such_column(study: Path) -> None:
    path = study.parent / "train/xnli/train-en.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rpartition("\t")[0] for line in lines), encoding="utf-8")


def _unknown_label(study: Path) -> None:
    path = study.parent / "train/xnli/train-en.tsv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\tentailment", "\tperhaps", 1), encoding="utf-8")


def _base_with_other_head(study: Path) -> None:
    base = study.parent / "base"
    model = load_with_head(base, "AutoModelForSequenceClassification", ("0", "1"), "x")
    model.save_pretrained(base)


def _base_without_tokenizer(study: Path) -> None:
    for path in (study.parent / "base").glob("*token*"):
        path.unlink()


def _too_many(study: Path) -> None:
    edit(study, "examples: 24", "examples: 2400")


def _half_precision(study: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("a GPU has it")
    edit(study, "  base: base", "  base: base\n  precision: fp16")


WRONG: dict[str, tuple[Callable[[Path], None], str, str, str]] = {
    "an empty file of one language": (_empty_language, "multilingual", "train-de", "again"),
    "a column that is not there": (
        _no_such_column,
        "direct",
        "train-en.tsv, line 1: found 2 columns",
        "line",
    ),
    "a label that the task does not know": (_unknown_label, "direct", "'perhaps'", ""),
    "a base whose head has other classes": (
        _base_with_other_head,
        "direct",
        "2 classes (0, 1), but xnli has 3",
        "encoder alone",
    ),
    "a base without a tokenizer": (
        _base_without_tokenizer,
        "direct",
        "no tokenizer",
        "save_pretrained",
    ),
    "more examples than there are": (
        _too_many,
        "multilingual",
        "found 36 examples, expected at least 800",
        "Lower `examples`",
    ),
    "a precision that the device lacks": (
        _half_precision,
        "direct",
        "precision fp16: found a CPU",
        "fp32",
    ),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_what_is_wrong_is_said_before_anything_is_trained(study: Path, case: str) -> None:
    """One error, with what was found, what was expected and what to do."""
    spoil, variant, message, remedy = WRONG[case]
    spoil(study)
    done = train(study, "--only", variant)
    assert done.exit_code == 1
    assert message in done.stderr
    assert remedy in done.stderr.partition("remedy:")[2]
    assert not (study.parent / "out").exists()


def test_a_gpu_without_enough_memory_is_told_how_to_need_less(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyTorch's error becomes the setting that helps."""

    def fail(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")

    monkeypatch.setattr(transformers.XLMRobertaForSequenceClassification, "forward", fail)
    done = train(study, "--only", "direct")
    assert done.exit_code == 1
    assert "not enough memory for batches of 8" in done.stderr
    assert "accumulation: 2" in done.stderr


def test_data_that_changed_after_the_training_is_told(
    trained: tuple[Path, Any], tmp_path: Path
) -> None:
    """A checkpoint of other data is neither used silently nor overwritten."""
    shutil.copytree(trained[0].parent, tmp_path / "study")
    study = tmp_path / "study/study.yaml"
    _drop_last_pairs(study)
    done = train(study, "--only", "direct")
    assert done.exit_code == 1
    assert "was trained otherwise than the study says now: xnli's" in done.stderr
    assert "to train it anew" in done.stderr


def _drop_last_pairs(study: Path) -> None:
    path = study.parent / "train/xnli/train-en.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-3]) + "\n", encoding="utf-8")


class _StopError(Exception):
    """Ends a training in its middle."""


def test_data_that_changed_during_an_interruption_is_told(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun with other data is not silently begun anew."""
    edit(study, "  base: base", "  base: base\n  save-every: 1")
    from host.cli.train_view import TrainView

    def stop(_: Any, __: Any, update: Any) -> None:
        if update.done == 2:
            raise _StopError

    with monkeypatch.context() as patch:
        patch.setattr(TrainView, "update", stop)
        assert isinstance(train(study, "--only", "direct").exception, _StopError)
    _drop_last_pairs(study)
    done = train(study, "--only", "direct")
    assert done.exit_code == 1
    assert "was begun there and is not finished" in done.stderr
    assert "xnli's data_digest" in done.stderr
    assert "to begin anew" in done.stderr


def test_a_disk_that_is_too_small_is_refused_beforehand(study: Path, small_disk: Path) -> None:
    """Free space against what is needed, before the first update."""
    fill(small_disk)
    done = train(study, "--only", "direct", "--output", str(small_disk / "work"))
    assert done.exit_code == 1
    assert "MB free, but training takes about" in done.stderr
    assert "--output" in done.stderr


def test_a_disk_that_fills_up_is_told(
    study: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle: what was saved stays, and the remedy is to free space."""
    edit(study, "  base: base", "  base: base\n  save-every: 1")
    monkeypatch.setattr("host.training.estimate.room.free_disk_bytes", lambda _: 1 << 40)
    from training.saves import Saves

    begin = Saves.begin

    def begin_then_fill(saves: Saves, identity: Any) -> Any:
        began = begin(saves, identity)
        fill(small_disk)
        return began

    monkeypatch.setattr(Saves, "begin", begin_then_fill)
    done = train(study, "--only", "direct", "--output", str(small_disk / "work"))
    assert done.exit_code == 1
    assert "training cannot be saved" in done.stderr
    assert "Free some space" in done.stderr


def test_a_study_with_checkpoints_of_its_own_has_nothing_to_train(tmp_path: Path) -> None:
    """It stays as it is, and the message says what would be needed."""
    text = (
        "study: own\nquestion: Is it?\ndata: data\nbaseline: a\ntasks: [xnli]\nvariants:\n"
        "  a: {regime: direct, recipe: fp32, checkpoints: {xnli: own}}\n"
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "own").mkdir()
    (tmp_path / "own/config.json").write_text("{}")
    (tmp_path / "study.yaml").write_text(text)
    done = train(tmp_path / "study.yaml")
    assert done.exit_code == 1
    assert "no section `training`" in done.stderr


def test_an_export_before_the_training_names_the_command(study: Path) -> None:
    """The folders that are still to be made are no mistake of the user's."""
    done = call("export", study)
    assert done.exit_code == 1
    assert "`host train` makes it" in done.stderr


def test_an_unknown_variant_is_refused(study: Path) -> None:
    """The known ones are listed."""
    done = train(study, "--only", "german")
    assert done.exit_code == 1
    assert "direct, english, multilingual" in done.stderr
