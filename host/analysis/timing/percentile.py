"""Latency percentiles, only where the number of queries supports them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import stats

from host.analysis.timing.rounds import Integers

CONFIDENCE = 0.99


@dataclass(frozen=True)
class Percentile:
    """One percentile, or why it is refused.

    Attributes:
        share: 0.9 for p90.
        value_ns: The sample percentile (nearest rank); None if refused.
        bound_ns: With 99 % confidence the true percentile is not above it; None if refused.
        refused: Why there is no value.
    """

    share: float
    value_ns: int | None
    bound_ns: int | None
    refused: str | None = None

    @property
    def name(self) -> str:
        """`p50`, `p90`, `p99.9`."""
        return f"p{self.share * 100:g}"


@cache
def queries_needed(share: float, confidence: float = CONFIDENCE) -> int:
    """Return the fewest queries from which MLPerf estimates a percentile: 64 for p90, 662 for p99.

    Source: the early-stopping criterion of the MLPerf inference rules and LoadGen
    (`loadgen/early_stopping.cc`, tolerance 0): the smallest n for which at most one of n queries
    above the true percentile has a chance below 1 - confidence, by the binomial tail.

    Args:
        share: The percentile as a share, between 0 and 1.
        confidence: Of the upper bound.
    """
    n = 2
    while stats.binom.cdf(1, n, 1 - share) >= 1 - confidence:
        n += 1
    return n


def percentile(latencies_ns: Integers, share: float, confidence: float = CONFIDENCE) -> Percentile:
    """Return a percentile of int64 [queries] with its upper bound, or refuse it.

    The bound is LoadGen's single-stream estimate (`loadgen/results.cc`): the t-th largest latency,
    t being the most queries that may lie above the true percentile by the binomial tail.
    """
    n = len(latencies_ns)
    needed = queries_needed(share, confidence)
    if n < needed:
        return Percentile(share, None, None, f"{n} queries, {needed} needed")
    ordered = np.sort(latencies_ns)
    above = int(stats.binom.ppf(1 - confidence, n, 1 - share)) - 1
    value = np.percentile(ordered, share * 100, method="inverted_cdf")
    return Percentile(share, int(value), int(ordered[n - above]))
