"""Percentiles are given only where the number of queries supports them."""

from __future__ import annotations

import numpy as np
import pytest

from host.analysis.timing.percentile import percentile, queries_needed


@pytest.mark.parametrize(("share", "needed"), [(0.5, 11), (0.9, 64), (0.99, 662)])
def test_the_queries_needed_are_mlperfs(share: float, needed: int) -> None:
    """64 queries for p90 and 662 for p99 at 99 % confidence, as LoadGen has them."""
    assert queries_needed(share) == needed


def test_p99_of_a_hundred_queries_is_refused() -> None:
    """A refused percentile has no value, but a reason."""
    found = percentile(np.arange(100), 0.99)
    assert found.value_ns is None
    assert found.bound_ns is None
    assert found.refused == "100 queries, 662 needed"
    assert found.name == "p99"


def test_the_fewest_queries_are_enough() -> None:
    """With 64 queries the bound on p90 is the slowest of them, as LoadGen gives it."""
    found = percentile(np.arange(1, 65), 0.9)
    assert found.value_ns == 58
    assert found.bound_ns == 64
    assert percentile(np.arange(1, 64), 0.9).refused == "63 queries, 64 needed"


def test_the_order_of_queries_does_not_matter() -> None:
    """A percentile is one of the sorted values."""
    values = np.random.default_rng(0).permutation(1000)
    assert percentile(values, 0.9) == percentile(np.sort(values), 0.9)


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_the_bound_holds_in_99_of_100_experiments(share: float) -> None:
    """The true percentile lies above the bound in at most 1 % of experiments, give or take."""
    random = np.random.default_rng(3)
    true = -np.log(1 - share) * 1e6
    experiments = 2_000
    above = sum(
        (percentile(random.exponential(1e6, 300).astype(np.int64), share).bound_ns or 0) < true
        for _ in range(experiments)
    )
    assert above / experiments < 0.017
