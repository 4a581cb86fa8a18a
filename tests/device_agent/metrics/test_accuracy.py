"""Accuracy in percent."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.metrics.accuracy import accuracy

PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1)


def test_the_share_of_equal_decisions_in_percent() -> None:
    """Three of four equal is 75."""
    assert accuracy(["a", "b", "c", "a"], ["a", "b", "c", "c"]) == 75.0


def test_an_index_is_not_its_text() -> None:
    """A choice predicted as text is not the index that it looks like."""
    assert accuracy([0, 1], ["0", "1"]) == 0.0


def test_nothing_has_no_accuracy() -> None:
    """No samples is an error, not 0."""
    with pytest.raises(ValueError, match="nothing"):
        accuracy([], [])


def test_lists_of_unlike_length_are_refused() -> None:
    """A missing prediction cannot shift the others."""
    with pytest.raises(ValueError, match="longer"):
        accuracy(["a", "b"], ["a"])


@given(PAIRS, st.randoms(use_true_random=False))
def test_range_and_order(pairs: list[tuple[str, str]], chance: random.Random) -> None:
    """It lies between 0 and 100, is 100 for equal lists, and does not see the order."""
    gold, found = zip(*pairs, strict=True)
    assert 0 <= accuracy(gold, found) <= 100
    assert accuracy(gold, gold) == 100
    mixed = chance.sample(pairs, len(pairs))
    assert accuracy(*zip(*mixed, strict=True)) == accuracy(gold, found)
