"""The state in words."""

from __future__ import annotations

import pytest

from host.watch import words
from host.watch.state import TaskProgress


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (7_320, "2 h 02 min")],
)
def test_ages_are_coarse(seconds: float, text: str) -> None:
    """An estimate to the second would be a lie."""
    assert words.age(seconds) == text


def test_100_percent_is_all() -> None:
    """One sample that is missing is not rounded away."""
    assert words.percent(TaskProgress("xnli", 9_999, 10_000)) == "99%"
    assert words.percent(TaskProgress("xnli", 10_000, 10_000)) == "100%"
    assert words.percent(TaskProgress("xnli", 7, None)) == "7"


def test_tasks_in_little_room() -> None:
    """How many are done, and which is under way."""
    tasks = (TaskProgress("xnli", 5, 5), TaskProgress("udpos", 2, 9), TaskProgress("xquad", 0, 4))
    assert words.tasks(tasks) == "1 of 3 tasks, udpos 2/9"
