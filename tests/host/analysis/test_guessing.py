"""What guessing scores, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from device_agent.metrics.ranking import mean_average_precision
from host.analysis.guessing import guessed_score


def test_classification_takes_the_majority_of_the_test_set() -> None:
    """Two of three labels are equal."""
    gold = {"a": "neutral", "b": "entailment", "c": "neutral"}
    assert guessed_score("xnli", gold, "de") == pytest.approx(200 / 3)


def test_choices_take_the_more_frequent_place() -> None:
    """Three of four right choices stand first."""
    assert guessed_score("xcopa", {"a": 0, "b": 0, "c": 0, "d": 1}, "tr") == 75.0


def test_tagging_is_scored_by_the_task_s_own_metric() -> None:
    """All words NOUN: equal neighbours merge into chunks, as the benchmark counts."""
    gold: dict[str, str | int | tuple[str, ...]] = {"a": ("NOUN", "VERB"), "b": ("NOUN",)}
    # Two chunks are found, three are wanted, and only the second sentence's is right.
    assert guessed_score("udpos", gold, "de") == pytest.approx(100 * 2 * 1 / (2 + 3))


def test_there_is_no_frequent_answer_to_a_question() -> None:
    """An empty answer scores nothing."""
    assert guessed_score("xquad", {"a": ("Ulm",)}, "de") == 0.0


def test_one_of_fifty_is_found_by_chance() -> None:
    """Accuracy of retrieval in random order."""
    assert guessed_score("tatoeba", {"a": ("7",)}, "de", candidates=50) == 2.0


@pytest.mark.parametrize(
    ("relevant", "candidates"), [(1, 40), (3, 40), (11, 120), (2, 8), (25, 60)]
)
def test_mean_average_precision_of_a_random_order(relevant: int, candidates: int) -> None:
    """The formula against orders that are really drawn, scored by the task itself."""
    random = np.random.default_rng(0)
    names = [str(i) for i in range(candidates)]
    gold = {str(i): tuple(names[:relevant]) for i in range(6_000)}
    drawn = {key: tuple(random.permutation(names)[:20].tolist()) for key in gold}
    scored = mean_average_precision(gold, drawn)
    assert guessed_score("lareqa", gold, "de", candidates) == pytest.approx(scored, rel=0.05)
