"""The metrics that the benchmark reports, and no others."""

from __future__ import annotations

from host.scoring.benchmark import TASKS
from host.scoring.forms.compared import Compared
from host.scoring.metrics import official_score

BY_NAME = {task.name: task for task in TASKS}


def test_what_the_benchmark_does_not_report_is_left_out() -> None:
    """UDPOS on a device has the share of right tags too."""
    compared = Compared({"1": ("NOUN", "VERB")}, {"1": ("NOUN", "X")})
    score = official_score(BY_NAME["udpos"], compared, "de")
    assert score.metrics == {"f1": 50.0, "precision": 50.0, "recall": 50.0}


def test_no_gold_is_unscored_in_every_task() -> None:
    """Whatever the metric."""
    for task in TASKS:
        score = official_score(task, Compared({}, {}), "de")
        assert (score.metrics, score.unscored) == ({}, "the labels have no gold")
