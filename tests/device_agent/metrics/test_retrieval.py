"""Accuracy of the best-ranked candidate."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.metrics.retrieval import is_found, top_one_accuracy

IDS = st.sampled_from("abcd")
QUERIES = st.dictionaries(
    st.integers().map(str), st.tuples(st.tuples(IDS), st.lists(IDS, max_size=3)), min_size=1
)


def test_only_the_first_candidate_counts() -> None:
    """The right one in second place has not been found."""
    gold = {"1": ("a",), "2": ("a",), "3": ("a", "b"), "4": ("a",)}
    rankings = {"1": ("a", "b"), "2": ("b", "a"), "3": ("b",), "4": ()}
    assert top_one_accuracy(gold, rankings) == 50.0


def test_an_empty_ranking_has_found_nothing() -> None:
    """No candidate is no error."""
    assert not is_found((), ("a",))


def test_a_missing_ranking_is_an_error() -> None:
    """A query that was not ranked cannot be scored."""
    with pytest.raises(KeyError):
        top_one_accuracy({"1": ("a",)}, {})


def test_no_query_has_no_score() -> None:
    """No queries is an error, not 0."""
    with pytest.raises(ValueError, match="queries"):
        top_one_accuracy({}, {})


@given(QUERIES, st.randoms(use_true_random=False))
def test_range_and_order(
    queries: dict[str, tuple[tuple[str], list[str]]], chance: random.Random
) -> None:
    """It lies between 0 and 100, is 100 for gold itself, and does not see the order."""
    gold = {key: relevant for key, (relevant, _) in queries.items()}
    rankings = {key: ranking for key, (_, ranking) in queries.items()}
    score = top_one_accuracy(gold, rankings)
    assert 0 <= score <= 100
    assert top_one_accuracy(gold, gold) == 100
    mixed = dict(chance.sample(list(gold.items()), len(gold)))
    assert top_one_accuracy(mixed, rankings) == score
