"""Averages, and plain values for machines."""

from __future__ import annotations

import pytest

from host.scoring.result import Note, SuiteResult, TaskResult, Unscored

QA = TaskResult(
    "xquad",
    ("exact_match", "f1"),
    {"de": {"exact_match": 50.0, "f1": 60.0}, "en": {"exact_match": 70.0, "f1": 90.0}},
    12,
)
TAGGING = TaskResult(
    "udpos",
    ("f1", "precision", "recall"),
    {"de": {"f1": 40.0, "precision": 90.0, "recall": 30.0}},
    38,
)
RESULT = SuiteResult(
    "xtreme-r",
    10,
    (TAGGING, QA),
    (Unscored("udpos", "en", "no prediction file udpos/test-en.tsv"),),
    (Note("xquad", "de", "a note"),),
)


def test_tagging_averages_f1_and_answering_both_halves() -> None:
    """40; (60 + 75) / 2; and the mean of these two."""
    assert TAGGING.average_metric == 40.0
    assert QA.average == {"exact_match": 60.0, "f1": 75.0}
    assert QA.average_metric == 67.5
    assert RESULT.overall == pytest.approx(53.75)


def test_plain_values_have_exactly_the_promised_keys() -> None:
    """So that other programs can rely on them."""
    values = RESULT.to_json()
    assert set(values) == {"tasks", "overall", "unscored", "incomplete", "notes"}
    assert values["tasks"]["xquad"] == {  # type: ignore[index]
        "avg_metric": 67.5,
        "avg": {"exact_match": 60.0, "f1": 75.0},
        "per_language": {
            "de": {"exact_match": 50.0, "f1": 60.0},
            "en": {"exact_match": 70.0, "f1": 90.0},
        },
    }
    assert values["unscored"] == [
        {
            "task": "udpos",
            "language": "en",
            "reason": "no prediction file udpos/test-en.tsv",
            "remedy": None,
        }
    ]


def test_nothing_scored_has_no_overall_score() -> None:
    """It is absent, not 0."""
    assert SuiteResult("xtreme", 9, (), (), ()).to_json()["overall"] is None
