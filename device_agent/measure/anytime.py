"""Intervals that stay valid however often one looks, for runs that go on until they are decided.

Student's interval is right for a number of rounds fixed beforehand. Looking after every round and
stopping at the first clear result makes it wrong far more often than it says. The intervals here
hold at all rounds at once, so any rule of stopping may be used, the budget's end included. They
are about half as wide again as Student's: that is the price of looking.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from device_agent.measure.decision import Interval

EFFECT_VARIANCE = 0.5
"""Variance of the normal mixture over standardised effects: near the narrowest at 10-100 rounds."""


@dataclass(frozen=True)
class AnytimeEstimate:
    """Mean and standard deviation (n - 1) of a log ratio over rounds, with anytime intervals."""

    rounds: int
    mean: float
    deviation: float

    def interval(self, confidence: float) -> Interval:
        """Return the anytime-valid interval of the mean; infinite while rounds are too few.

        All means that an e-process has not refuted at level 1 - confidence. The e-process is the
        Bayes factor of the t statistic with effect ~ N(0, g) in standard deviations against effect
        0, the deviation integrated out under its invariant prior; it is a martingale whatever the
        deviation, so by Ville's inequality it passes 1/level at any time with a chance of at most
        level. With N = 1 + n g:

            e(t) = N^(-1/2) * ((1 + t²/(n-1)) / (1 + t²/((n-1) N)))^(n/2)

        Source: Lai, "On confidence sequences", Annals of Statistics 4 (1976); Wang and Ramdas,
        "Anytime-valid t-tests and confidence sequences for Gaussian means with unknown variance",
        Sequential Analysis 44 (2025); Pérez-Ortiz et al., "E-statistics, group invariance and
        anytime-valid testing", Annals of Statistics 52 (2024).
        """
        bound = critical(self.rounds, confidence)
        # An unbounded interval stays so where all rounds agree: inf * 0 is no number.
        half = bound * self.deviation / math.sqrt(self.rounds) if math.isfinite(bound) else bound
        return Interval(self.mean - half, self.mean + half, confidence)


def critical(rounds: int, confidence: float) -> float:
    """Return the |t| at which the e-process of so many rounds passes 1/(1 - confidence)."""
    if rounds < 2:
        return math.inf
    n = float(rounds)
    spread = 1 + n * EFFECT_VARIANCE
    grown = (math.sqrt(spread) / (1 - confidence)) ** (2 / n)
    if grown >= spread:
        return math.inf
    return math.sqrt((n - 1) * (grown - 1) / (1 - grown / spread))


def estimate(log_ratios: Sequence[float]) -> AnytimeEstimate:
    """Return mean and deviation of log ratios, one a round, at least two."""
    n = len(log_ratios)
    mean = math.fsum(log_ratios) / n
    squares = math.fsum((value - mean) ** 2 for value in log_ratios)
    return AnytimeEstimate(rounds=n, mean=mean, deviation=math.sqrt(squares / (n - 1)))
