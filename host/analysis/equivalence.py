"""Confidence intervals of the mean log ratio, and what can be said from them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from host.analysis.rounds import Floats

LatencyVerdict = Literal["EQUIVALENT", "FASTER", "SLOWER", "INCONCLUSIVE"]

MIN_ROUNDS = 5
EQUIVALENCE_CONFIDENCE = 0.90
DIFFERENCE_CONFIDENCE = 0.95
_MOST_ROUNDS = 10_000


@dataclass(frozen=True)
class Interval:
    """A two-sided confidence interval."""

    low: float
    high: float
    confidence: float

    def within(self, limit: float) -> bool:
        """Whether it lies wholly inside ±limit."""
        return -limit < self.low and self.high < limit

    @property
    def excludes_zero(self) -> bool:
        """Whether it lies wholly on one side of zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation of a log ratio over rounds, taken as independent.

    Pairing within a round takes out drift and the round's mood, so what is left between rounds
    is close to independent; the t interval needs the mean, not each round, to be near normal.
    """

    rounds: int
    mean: float
    deviation: float

    def interval(self, confidence: float, rounds: int | None = None) -> Interval:
        """Return Student's t interval of the mean.

        Args:
            confidence: Two-sided.
            rounds: As if there had been so many with the same mean and deviation.
        """
        n = rounds or self.rounds
        half = float(stats.t.ppf((1 + confidence) / 2, n - 1)) * self.deviation / math.sqrt(n)
        return Interval(self.mean - half, self.mean + half, confidence)


def spread(log_ratios: Floats) -> Spread:
    """Return mean and standard deviation (n - 1) of at least two rounds' log ratios."""
    return Spread(
        rounds=len(log_ratios),
        mean=float(np.mean(log_ratios)),
        deviation=float(np.std(log_ratios, ddof=1)),
    )


def noise_floor(control: Spread, rounds: int | None = None) -> float:
    """Return the largest log ratio that an A/A control does not exclude for equal artifacts.

    |mean| plus the half-width of its 95 % interval: a smaller difference between two variants may
    be nothing but the session's noise, or its preference for one of two equal things.
    """
    interval = control.interval(DIFFERENCE_CONFIDENCE, rounds)
    return max(abs(interval.low), abs(interval.high))


def decide(
    candidate: Spread, control: Spread, limit: float, rounds: int | None = None
) -> LatencyVerdict:
    """Place the candidate's intervals into the decision regions.

    With D the registered margin as a log ratio (`limit`) and F the A/A noise floor, in this order:

    ============  ======================================================================
    INCONCLUSIVE  the control itself differs: its 95 % interval excludes 0 and is not inside ±D
    EQUIVALENT    F ≤ D, and the 90 % interval lies wholly inside ±D (TOST at 5 %)
    SLOWER        the 95 % interval lies wholly above F
    FASTER        the 95 % interval lies wholly below -F
    INCONCLUSIVE  otherwise
    ============  ======================================================================

    So a difference that is significant and yet inside the margin is EQUIVALENT: it was agreed
    beforehand that so little does not matter. A session too noisy to resolve the margin (F > D)
    can never earn EQUIVALENT by being noisy.

    Source: Schuirmann, "A comparison of the two one-sided tests procedure and the power approach
    for assessing the equivalence of average bioavailability", J. Pharmacokinetics and
    Biopharmaceutics 15 (1987); log ratios and the 90 % interval as in bioequivalence practice
    (FDA, "Statistical approaches to establishing bioequivalence", 2001).
    """
    if control_differs(control, limit, rounds):
        return "INCONCLUSIVE"
    floor = noise_floor(control, rounds)
    if floor <= limit and candidate.interval(EQUIVALENCE_CONFIDENCE, rounds).within(limit):
        return "EQUIVALENT"
    interval = candidate.interval(DIFFERENCE_CONFIDENCE, rounds)
    if interval.low > floor:
        return "SLOWER"
    if interval.high < -floor:
        return "FASTER"
    return "INCONCLUSIVE"


def control_differs(control: Spread, limit: float, rounds: int | None = None) -> bool:
    """Whether equal artifacts differ by what is neither chance nor inside the margin."""
    interval = control.interval(DIFFERENCE_CONFIDENCE, rounds)
    return interval.excludes_zero and not interval.within(limit)


def rounds_needed(candidate: Spread, control: Spread, limit: float) -> int | None:
    """Return how many rounds in all would decide if means and deviations stay as they are.

    Returns:
        None if that many are beyond 10,000, or if no number would do.
    """
    n = max(candidate.rounds, MIN_ROUNDS)
    while n <= _MOST_ROUNDS:
        if decide(candidate, control, limit, n) != "INCONCLUSIVE":
            return n
        n += max(1, n // 20)
    return None
