"""What may be said about a latency difference, from intervals of log ratios alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

LatencyVerdict = Literal["EQUIVALENT", "FASTER", "SLOWER", "INCONCLUSIVE"]

MIN_ROUNDS = 5
EQUIVALENCE_CONFIDENCE = 0.90
DIFFERENCE_CONFIDENCE = 0.95


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


class Estimate(Protocol):
    """A mean log ratio with its uncertainty."""

    def interval(self, confidence: float) -> Interval:
        """Return the two-sided interval of the mean."""
        ...


def noise_floor(control: Estimate) -> float:
    """Return the largest log ratio that an A/A control does not exclude for equal artifacts.

    |mean| plus the half-width of its 95 % interval: a smaller difference between two variants may
    be nothing but the session's noise, or its preference for one of two equal things.
    """
    interval = control.interval(DIFFERENCE_CONFIDENCE)
    return max(abs(interval.low), abs(interval.high))


def control_differs(control: Estimate, limit: float) -> bool:
    """Whether equal artifacts differ by what is neither chance nor inside the margin."""
    interval = control.interval(DIFFERENCE_CONFIDENCE)
    return interval.excludes_zero and not interval.within(limit)


def decide(candidate: Estimate, control: Estimate, limit: float) -> LatencyVerdict:
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
    if control_differs(control, limit):
        return "INCONCLUSIVE"
    floor = noise_floor(control)
    if floor <= limit and candidate.interval(EQUIVALENCE_CONFIDENCE).within(limit):
        return "EQUIVALENT"
    interval = candidate.interval(DIFFERENCE_CONFIDENCE)
    if interval.low > floor:
        return "SLOWER"
    if interval.high < -floor:
        return "FASTER"
    return "INCONCLUSIVE"
