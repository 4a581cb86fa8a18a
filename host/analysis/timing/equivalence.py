"""Student's interval of the mean log ratio over rounds, for a number of rounds fixed beforehand."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from scipy import stats

from device_agent.measure.anytime import AnytimeEstimate
from device_agent.measure.decision import DIFFERENCE_CONFIDENCE, MIN_ROUNDS, Interval, decide
from host.analysis.timing.rounds import Floats

_MOST_ROUNDS = 10_000


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation of a log ratio over rounds, taken as independent.

    Pairing within a round takes out drift and the round's mood, so what is left between rounds
    is close to independent; the t interval needs the mean, not each round, to be near normal.
    """

    rounds: int
    mean: float
    deviation: float

    def interval(self, confidence: float) -> Interval:
        """Return Student's two-sided t interval of the mean."""
        quantile = float(stats.t.ppf((1 + confidence) / 2, self.rounds - 1))
        half = quantile * self.deviation / math.sqrt(self.rounds)
        return Interval(self.mean - half, self.mean + half, confidence)


def spread(log_ratios: Floats) -> Spread:
    """Return mean and standard deviation (n - 1) of at least two rounds' log ratios."""
    return Spread(
        rounds=len(log_ratios),
        mean=float(np.mean(log_ratios)),
        deviation=float(np.std(log_ratios, ddof=1)),
    )


_Estimate = TypeVar("_Estimate", bound=Spread | AnytimeEstimate)


def foresee(control: _Estimate, rounds: int) -> _Estimate:
    """Return what an A/A control would show after so many rounds.

    Both of its sides are the same artifact. A mean that its interval does not tell from 0 is noise,
    and shrinks as noise does; one that it does tell is the session's preference, and stays.
    """
    mean = control.mean
    if not control.interval(DIFFERENCE_CONFIDENCE).excludes_zero:
        mean *= math.sqrt(control.rounds / rounds)
    return replace(control, rounds=rounds, mean=mean)


def rounds_needed(
    candidate: Spread | AnytimeEstimate, control: Spread | AnytimeEstimate, limit: float
) -> int | None:
    """Return how many rounds in all would decide if the figures stay as they are.

    Returns:
        None if that many are beyond 10,000, or if no number would do.
    """
    n = max(candidate.rounds, MIN_ROUNDS)
    while n <= _MOST_ROUNDS:
        after = decide(replace(candidate, rounds=n), foresee(control, n), limit)
        if after != "INCONCLUSIVE":
            return n
        n += max(1, n // 20)
    return None
