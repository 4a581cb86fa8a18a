"""Mean average precision, cut at a depth."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.metrics.ranking import average_precision, mean_average_precision

IDS = st.sampled_from("abcdef")
QUERIES = st.dictionaries(
    st.integers().map(str),
    st.tuples(st.lists(IDS, min_size=1, unique=True), st.lists(IDS, max_size=8)),
    min_size=1,
)


def test_one_target_is_the_reciprocal_rank() -> None:
    """As the official scorer of Mewsli-X: 1, 1/2, 1/20, and 0 from rank 21 on."""
    others = [f"Q{number}" for number in range(30)]
    for rank, expected in ((1, 1.0), (2, 0.5), (20, 0.05), (21, 0.0)):
        ranking = [*others[: rank - 1], "gold", *others[rank:]]
        assert average_precision(ranking, ["gold"]) == expected


def test_several_targets_by_hand() -> None:
    """Found at ranks 1, 3 and 4 of three: (1/1 + 2/3 + 3/4) / 3."""
    found = average_precision(["a", "x", "b", "c"], ["a", "b", "c"])
    assert found == pytest.approx((1 + 2 / 3 + 3 / 4) / 3, abs=1e-12)


def test_a_target_that_is_not_found_counts() -> None:
    """Eleven targets, three at the top: (1 + 1 + 1) / 11."""
    targets = [f"t{number}" for number in range(11)]
    assert average_precision(targets[:3], targets) == pytest.approx(3 / 11, abs=1e-12)


def test_the_divisor_is_never_more_than_the_depth() -> None:
    """With 25 targets the first 20 ranks can all be right, which is perfect."""
    targets = [f"t{number}" for number in range(25)]
    assert average_precision(targets, targets) == 1.0
    assert average_precision(targets, targets, depth=5) == 1.0
    assert average_precision(["x", *targets], targets, depth=2) == pytest.approx(0.25)


def test_a_target_counts_once() -> None:
    """Repeating the right one gains nothing; the repetition takes its rank."""
    assert average_precision(["a", "a", "b"], ["a", "b"]) == pytest.approx((1 + 2 / 3) / 2)


def test_a_query_without_ranking_counts_zero() -> None:
    """As the official scorer has it; a ranking without gold is passed over."""
    gold = {"1": ["a"], "2": ["b"]}
    assert mean_average_precision(gold, {"1": ["a"], "3": ["c"]}) == 50.0


def test_nothing_to_find_has_no_score() -> None:
    """No query, or a query without target, is an error, not 0."""
    with pytest.raises(ValueError, match="queries"):
        mean_average_precision({}, {})
    with pytest.raises(ValueError, match="relevant"):
        average_precision(["a"], [])


@given(QUERIES, st.randoms(use_true_random=False))
def test_range_and_order(
    queries: dict[str, tuple[list[str], list[str]]], chance: random.Random
) -> None:
    """It lies between 0 and 100, is 100 for gold itself, and does not see the queries' order."""
    gold = {key: relevant for key, (relevant, _) in queries.items()}
    rankings = {key: ranking for key, (_, ranking) in queries.items()}
    score = mean_average_precision(gold, rankings)
    assert 0 <= score <= 100 + 1e-9
    assert mean_average_precision(gold, gold) == pytest.approx(100)
    mixed = dict(chance.sample(list(gold.items()), len(gold)))
    assert mean_average_precision(mixed, rankings) == pytest.approx(score, abs=1e-9)
