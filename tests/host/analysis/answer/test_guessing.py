"""What guessing scores, by hand."""

from __future__ import annotations

import pytest

from host.analysis.answer.guessing import guessed_score


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
    """Answering and retrieval score nothing by guessing."""
    assert guessed_score("xquad", {"a": ("Ulm",)}, "de") == 0.0
    assert guessed_score("tatoeba", {"a": ("7",)}, "de") == 0.0
