"""Why a language cannot be scored."""

from __future__ import annotations

import pytest

from device_agent import tasks
from device_agent.tasks.families.completeness import why_unscored


def test_all_there_is_no_reason() -> None:
    """Predictions beyond the gold do not matter."""
    assert why_unscored({"1": "a", "2": "b"}, {"1": "a"}) is None


def test_the_first_missing_prediction_is_named() -> None:
    """With how many are missing of how many."""
    reason = why_unscored({"1": "a"}, {"1": "a", "2": "b", "3": "c"})
    assert reason == "2 of 3 samples have no prediction, first '2'"


@pytest.mark.parametrize("name", ["xnli", "xcopa", "udpos", "panx", "xquad", "tatoeba"])
def test_without_gold_every_task_is_unscored(name) -> None:
    """No metric is reported, and the reason is."""
    score = tasks.get(name).score({"1": "x"}, {}, "de")
    assert score.metrics == {}
    assert score.unscored == "the data has no gold for this language"


@pytest.mark.parametrize("name", ["xnli", "xcopa", "udpos", "panx", "tatoeba"])
def test_a_missing_prediction_leaves_the_language_unscored(name) -> None:
    """As the official script, which refuses files of unlike length; QA alone counts it 0."""
    score = tasks.get(name).score({}, {"1": ("NOUN",)}, "de")
    assert score.metrics == {}
    assert "1 of 1" in (score.unscored or "")
