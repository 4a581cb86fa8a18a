"""The benchmark's tasks and suites."""

from __future__ import annotations

import pytest

from device_agent import tasks
from host.scoring.benchmark import TASKS, tasks_of

COUNTS = {
    "xnli": (15, 15),
    "pawsx": (7, 0),
    "xcopa": (0, 11),
    "udpos": (33, 38),
    "panx": (40, 48),
    "xquad": (11, 12),
    "mlqa": (7, 7),
    "tydiqa": (9, 9),
    "bucc2018": (4, 0),
    "tatoeba": (36, 41),
    "mewslix": (0, 11),
    "lareqa": (0, 11),
}


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_every_task_has_the_languages_of_the_papers(task: object) -> None:
    """In XTREME and in XTREME-R."""
    counts = tuple(len(set(task.languages(suite))) for suite in ("xtreme", "xtreme-r"))  # type: ignore[attr-defined]
    assert counts == COUNTS[task.name]  # type: ignore[attr-defined]


def test_xtreme_has_nine_tasks_and_xtreme_r_ten() -> None:
    """Seven of them the same."""
    xtreme, xtreme_r = ({task.name for task in tasks_of(s)} for s in ("xtreme", "xtreme-r"))
    assert (len(xtreme), len(xtreme_r), len(xtreme & xtreme_r)) == (9, 10, 7)


def test_lareqa_lacks_romanian() -> None:
    """It has the languages of XQuAD in XTREME."""
    lareqa, xquad = (next(t for t in TASKS if t.name == name) for name in ("lareqa", "xquad"))
    assert lareqa.languages("xtreme-r") == xquad.languages("xtreme")


def test_every_task_of_the_device_is_in_the_table() -> None:
    """With its own head."""
    table = {task.name: task.head for task in TASKS}
    for name in tasks.names():
        assert table[name] == tasks.get(name).head.name
