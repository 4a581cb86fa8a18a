"""What guessing scores, by hand."""

from __future__ import annotations

import random

import numpy as np
import pytest

from device_agent.contract.samples import Gold
from device_agent.metrics.ranking import mean_average_precision
from host.analysis.score.contributions import contributions
from host.analysis.score.guessing import SPAN, guess


def test_classification_takes_the_majority_of_the_test_set() -> None:
    """Two of three labels are equal."""
    gold = {"a": "neutral", "b": "entailment", "c": "neutral"}
    assert guess("xnli", gold, "de").score == pytest.approx(200 / 3)


def test_choices_take_the_more_frequent_place() -> None:
    """Three of four right choices stand first."""
    assert guess("xcopa", {"a": 0, "b": 0, "c": 0, "d": 1}, "tr").score == 75.0


def test_tagging_is_scored_by_the_task_s_own_metric() -> None:
    """All words NOUN: equal neighbours merge into chunks, as the benchmark counts."""
    gold: dict[str, Gold] = {"a": ("NOUN", "VERB"), "b": ("NOUN",)}
    found = guess("udpos", gold, "de")
    # NOUN and VERB in turn are right everywhere; NOUN alone finds two chunks of three, one right.
    assert found.score == 100.0
    assert guess("udpos", {"a": ("NOUN", "NOUN", "VERB"), "b": ("NOUN",)}, "de").score >= 40.0


def test_tags_in_turn_or_drawn_beat_one_tag() -> None:
    """One tag everywhere is one chunk a sentence, and scores next to nothing where tags change."""
    chance = random.Random(5)
    names = ("NOUN", "PUNCT", "VERB", "ADP", "DET", "ADJ")
    gold: dict[str, Gold] = {
        str(i): tuple(chance.choices(names, (6, 4, 3, 3, 2, 2), k=20)) for i in range(200)
    }
    alone = dict.fromkeys(gold, ("NOUN",) * 20)
    assert contributions("udpos", "de", alone, gold).score < 1.0
    assert 8.0 < guess("udpos", gold, "de").score < 25.0


@pytest.mark.parametrize("task", ["xquad", "mlqa", "tydiqa"])
def test_spans_that_know_no_question_are_what_answering_is_held_against(task: str) -> None:
    """An unread span of the paragraph is not worth nothing."""
    assert guess(task, {"a": ("Ulm",)}, "de").score == SPAN


def test_guessing_is_resampled_where_it_answers() -> None:
    """An expectation has no samples of its own."""
    assert guess("xnli", {"a": "neutral"}, "de").parts is not None
    assert guess("tatoeba", {"a": ("7",)}, "de", candidates=50).parts is None


@pytest.mark.parametrize("task", ["xnli", "xcopa", "udpos"])
def test_nothing_asked_is_nothing_guessed(task: str) -> None:
    """Without gold there is no score, and no failure."""
    assert guess(task, {}, "de").score == 0.0


def test_one_of_fifty_is_found_by_chance() -> None:
    """Accuracy of retrieval in random order."""
    assert guess("tatoeba", {"a": ("7",)}, "de", candidates=50).score == 2.0


@pytest.mark.parametrize(
    ("relevant", "candidates"), [(1, 40), (3, 40), (11, 120), (2, 8), (25, 60)]
)
def test_mean_average_precision_of_a_random_order(relevant: int, candidates: int) -> None:
    """The formula against orders that are really drawn, scored by the task itself."""
    orders = np.random.default_rng(0)
    names = [str(i) for i in range(candidates)]
    gold = {str(i): tuple(names[:relevant]) for i in range(6_000)}
    drawn = {key: tuple(orders.permutation(names)[:20].tolist()) for key in gold}
    scored = mean_average_precision(gold, drawn)
    assert guess("lareqa", gold, "de", candidates).score == pytest.approx(scored, rel=0.05)
