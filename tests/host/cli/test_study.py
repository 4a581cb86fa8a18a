"""`host study`: a study with a design, from its file to its answer, on a virtual device."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from host.inventory import guests
from tests.host.cli.conftest import Cli, Result
from tests.tiny import write_tiny_study

STUDY = """\
study: seeds
question: Does the second regime change anything?
data: data
baseline: english-s1
tasks: {{udpos: {{languages: [en, de]}}}}
variants:
  english-s1:
    regime: english
    seed: 1
    recipe: fp32
    checkpoints: {{udpos: checkpoints/first/udpos}}
  multilingual-s1:
    regime: multilingual
    seed: 1
    recipe: fp32
    checkpoints: {{udpos: checkpoints/second/udpos}}
design: {{factor: regime, reference: english, scenarios: [single-stream, offline]}}
performance: {{rounds: {rounds}, attempts: 60, queries: 5, warmup-queries: 1, overhead: false}}
runtime: {{threads: 1}}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("seeds")
    write_tiny_study(root, samples=8)
    path = root / "seeds.yaml"
    path.write_text(STUDY.format(rounds=5), encoding="utf-8")
    return path


def test_two_sizes_are_said_to_be_few(cli: Cli) -> None:
    """A line goes through any two points."""
    bases = ("--base", "a", "--base", "b")
    made = cli("study", "init", "model-size", *bases, "--output", "two.yaml")
    assert (made.code, "a trend needs three" in made.err) == (0, True)
    made = cli("study", "init", "model-size", *bases, "--base", "c", "--output", "three.yaml")
    assert (made.code, "a trend needs three" in made.err) == (0, False)


def test_init_lists_and_writes_the_five(cli: Cli) -> None:
    """Without a name it lists; with one it writes a file, and not over another."""
    listed = cli("study", "init")
    assert listed.code == 0
    assert re.findall(r"^\S+", listed.out, flags=re.MULTILINE) == [
        "edge",
        "model-size",
        "paws-x",
        "sequential-tasks",
        "xtreme-r",
    ]
    written = cli("study", "init", "edge", "--output", "edge.yaml")
    assert written.out == "edge.yaml\n"
    again = cli("study", "init", "edge", "--output", "edge.yaml")
    assert (again.code, "is there already" in again.err) == (1, True)


def test_a_dry_run_says_what_it_takes(cli: Cli, study: Path) -> None:
    """Counts and figures, and no device."""
    told = cli("study", "run", study, "--dry-run")
    assert told.code == 0, told.err
    assert "2 artifacts" in told.err
    assert "queries in 10 rounds" in told.err
    assert told.out == ""
    lines = cli("study", "run", study, "--dry-run", "--json").json()["estimate"]
    assert all(line in told.err for line in lines)
    assert any("2 artifacts" in line for line in lines)


def test_a_study_without_design_asks_nothing(cli: Cli, study: Path) -> None:
    """It is told what to do instead."""
    told = cli("study", "run", study.with_name("study.yaml"), "--dry-run")
    assert (told.code, "has no `design:`" in told.err) == (1, True)


def devices_seen(cli: Cli, running: Future[Result]) -> list[str]:
    """Return the devices that another terminal is shown once the study has one."""
    while not running.done():
        seen = list(guests(cli.inventory.path))
        if seen:
            return list(cli("status", "--json").json())
        time.sleep(0.1)
    return []


@pytest.mark.alone
def test_a_study_runs_to_its_answer_and_is_not_run_again(cli: Cli, study: Path) -> None:
    """Both scenarios are run on the virtual device; a second call answers from what is there."""
    with ThreadPoolExecutor(1) as beside:
        running = beside.submit(cli, "study", "run", study, "--virtual", "--json", timeout=400)
        seen = devices_seen(cli, running)
        ran = running.result()
    assert ran.code == 0, ran.err
    assert any(name.startswith("virtual-") for name in seen)
    answer = ran.json()
    assert [part["scenario"] for part in answer["parts"]] == ["single-stream", "offline"]
    first, second = answer["parts"]
    assert first["findings"][0]["score"]["verdict"]
    assert second["findings"][0]["score"] is None
    assert "One seed a level" in first["limits"][0]
    results = study.parent / "results" / "seeds"
    page = (results / "answer.html").read_text(encoding="utf-8")
    assert "Does the second regime change anything?" in page
    again = cli("study", "run", study, "--virtual", "--json", timeout=120)
    assert again.json() == answer
    assert "is there" in again.err
    told = cli("study", "answer", *sorted((results / "bundles").iterdir()), "--json")
    runs = {part["run_id"] for part in json.loads(told.out)["parts"]}
    assert runs == {first["run_id"], second["run_id"]}
