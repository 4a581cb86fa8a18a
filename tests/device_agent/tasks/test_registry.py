"""The list of tasks, and what loading one costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError

NAMES = (
    "bucc2018",
    "lareqa",
    "mewslix",
    "mlqa",
    "panx",
    "pawsx",
    "tatoeba",
    "tydiqa",
    "udpos",
    "xcopa",
    "xnli",
    "xquad",
)


def test_every_file_is_a_task_of_its_name() -> None:
    """Shared folders and the protocol are no tasks."""
    assert set(NAMES) <= set(tasks.names())
    for name in NAMES:
        assert tasks.get(name).name == name


def test_an_unknown_task_is_refused() -> None:
    """The remedy lists those that there are."""
    with pytest.raises(DataError, match="'mnli'") as caught:
        tasks.get("mnli")
    assert "xnli" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "xtreme", "xtreme_r"),
    [
        ("xnli", 15, 15),
        ("pawsx", 7, 0),
        ("xcopa", 0, 11),
        ("udpos", 33, 38),
        ("panx", 40, 48),
        ("xquad", 11, 12),
        ("tydiqa", 9, 9),
        ("mlqa", 7, 7),
        ("tatoeba", 36, 41),
        ("bucc2018", 4, 0),
        ("mewslix", 0, 11),
        ("lareqa", 0, 11),
    ],
)
def test_the_languages_are_as_many_as_the_papers_count(name, xtreme, xtreme_r) -> None:
    """XTREME and XTREME-R, each language once and in order."""
    task = tasks.get(name)
    assert len(task.languages_xtreme) == xtreme
    assert len(task.languages_xtreme_r) == xtreme_r
    for languages in (task.languages_xtreme, task.languages_xtreme_r):
        assert list(languages) == sorted(set(languages))


@pytest.mark.parametrize(
    ("name", "primary"),
    [
        ("xnli", "accuracy"),
        ("pawsx", "accuracy"),
        ("xcopa", "accuracy"),
        ("udpos", "f1"),
        ("panx", "f1"),
        ("xquad", "f1"),
        ("tydiqa", "f1"),
        ("mlqa", "f1"),
        ("tatoeba", "accuracy"),
        ("bucc2018", "f1"),
        ("mewslix", "map@20"),
        ("lareqa", "map@20"),
    ],
)
def test_the_primary_metric_is_one_that_a_perfect_score_has(name, primary) -> None:
    """Gold against itself is 100 in the metric that averages use."""
    gold = {
        "sequence-classification": "0",
        "multiple-choice": 1,
        "token-classification": ("B-LOC", "I-LOC"),
        "question-answering": ("Haus",),
        "sentence-embedding": ("de-7",),
    }
    task = tasks.get(name)
    assert task.primary == primary
    wanted = gold[task.head.name]
    found = "Haus" if task.head.name == "question-answering" else wanted
    assert task.score({"1": found}, {"1": wanted}, "de").metrics[primary] == 100
    assert task.credit(found, wanted, "en") == 1


def test_loading_tasks_brings_no_heavy_library() -> None:
    """Listing imports no task; loading all imports neither torch nor transformers."""
    code = (
        "import sys; from device_agent import tasks; names = tasks.names();"
        "assert not any(f'device_agent.tasks.{name}' in sys.modules for name in names);"
        "[tasks.get(name) for name in names];"
        "print([m for m in ('torch', 'transformers', 'onnxruntime') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
