"""Compares two variants' latency over paired rounds: equivalent, faster, slower, or not decided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from device_agent.contract.events import RoundDone
from host.analysis import equivalence
from host.analysis.equivalence import Interval, LatencyVerdict, Spread
from host.analysis.rounds import log_ratios, total_ns


@dataclass(frozen=True)
class Control:
    """The A/A control: one artifact under two names, measured like two variants.

    Attributes:
        ratio: Control's time over its original's; 1 if the session has no preference.
        interval: 95 % interval of that ratio.
        floor: Noise floor as a relative difference: 0.004 is 0.4 %.
        differs: It differs by more than chance and by more than the registered margin.
        significant: Its 95 % interval excludes 1; inside the margin this is noted, not refused.
    """

    name: str
    of: str
    rounds: int
    ratio: float
    interval: Interval
    floor: float
    differs: bool
    significant: bool


@dataclass(frozen=True)
class LatencyComparison:
    """Candidate against baseline, as ratios of total time (0.9: a tenth less time).

    Attributes:
        reason: Why, in words, for INCONCLUSIVE also what would decide.
        rounds: Valid rounds used.
        ratios: Per valid round, in order.
        margin: The margin registered in the study, relative.
        margin_used: The larger of `margin` and the noise floor; None without a control.
        rounds_needed: Further rounds that would decide if the means stay; None if none would,
            or if it is decided.
        seconds_per_round: Timed work of one round, over all variants.
    """

    candidate: str
    baseline: str
    verdict: LatencyVerdict
    reason: str
    rounds: int
    ratios: tuple[float, ...]
    ratio: float | None
    interval_90: Interval | None
    interval_95: Interval | None
    margin: float
    margin_used: float | None
    noise_floor: float | None
    rounds_needed: int | None
    seconds_per_round: float | None


def measure_control(
    rounds: Sequence[RoundDone], name: str, original: str, margin: float
) -> Control | None:
    """Return what the A/A control shows over valid rounds; None with fewer than two of them."""
    if len(rounds) < 2:
        return None
    spread = equivalence.spread(log_ratios(rounds, name, original))
    interval = spread.interval(equivalence.DIFFERENCE_CONFIDENCE)
    return Control(
        name=name,
        of=original,
        rounds=len(rounds),
        ratio=math.exp(spread.mean),
        interval=_as_ratio(interval),
        floor=math.expm1(equivalence.noise_floor(spread)),
        differs=equivalence.control_differs(spread, math.log1p(margin)),
        significant=interval.excludes_zero,
    )


def compare_latency(
    rounds: Sequence[RoundDone],
    candidate: str,
    baseline: str,
    control: tuple[str, str] | None,
    margin: float,
) -> LatencyComparison:
    """Compare the time that two variants took over the same queries.

    The paired log ratio of total time (tokenising, inference and decoding) of each round is one
    observation; `equivalence.decide` documents the regions of the verdict.

    Args:
        rounds: Valid rounds.
        control: The A/A control's name and its original's; without one no verdict is given.
        margin: The registered margin, relative: 0.02 is 2 %.
    """
    values = log_ratios(rounds, candidate, baseline)
    undecided = _too_little(len(rounds), control)
    if len(rounds) < 2 or control is None:
        return _without_floor(candidate, baseline, margin, values, undecided)
    spread = equivalence.spread(values)
    aa = equivalence.spread(log_ratios(rounds, *control))
    limit = math.log1p(margin)
    floor = equivalence.noise_floor(aa)
    verdict: LatencyVerdict = "INCONCLUSIVE"
    if not undecided:
        verdict = equivalence.decide(spread, aa, limit)
    needed = None
    if verdict == "INCONCLUSIVE":
        wanted = equivalence.rounds_needed(_at_least_minimum(spread), aa, limit)
        needed = None if wanted is None else wanted - len(rounds)
    per_round = _seconds_per_round(rounds)
    return LatencyComparison(
        candidate=candidate,
        baseline=baseline,
        verdict=verdict,
        reason=undecided or _reason(verdict, spread, aa, limit, needed, per_round),
        rounds=len(rounds),
        ratios=tuple(float(value) for value in np.exp(values)),
        ratio=math.exp(spread.mean),
        interval_90=_as_ratio(spread.interval(equivalence.EQUIVALENCE_CONFIDENCE)),
        interval_95=_as_ratio(spread.interval(equivalence.DIFFERENCE_CONFIDENCE)),
        margin=margin,
        margin_used=math.expm1(max(limit, floor)),
        noise_floor=math.expm1(floor),
        rounds_needed=needed,
        seconds_per_round=per_round,
    )
