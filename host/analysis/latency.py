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
        significant: The interval excludes 1; inside the margin this is noted, not refused.
        differs: It excludes 1 and reaches beyond the margin: no latency claim stands.
    """

    name: str
    of: str
    rounds: int
    ratio: float
    interval: Interval
    floor: float
    significant: bool
    differs: bool


@dataclass(frozen=True)
class LatencyComparison:
    """Candidate against baseline, as ratios of total time (0.9: a tenth less time).

    Attributes:
        reason: Why, in words.
        rounds: Valid rounds used.
        ratios: Per valid round, in order.
        ratio: Geometric mean over rounds; None, as its intervals, with fewer than two rounds.
        margin: The margin registered in the study, relative.
        margin_used: The larger of `margin` and the noise floor; None without a control.
        rounds_needed: Further rounds that would decide if the means stay as they are; None if
            none would, or if it is decided.
        seconds_needed: The timed work of so many rounds, over all variants.
    """

    candidate: str
    baseline: str
    verdict: LatencyVerdict
    reason: str
    rounds: int
    ratios: tuple[float, ...]
    margin: float
    ratio: float | None = None
    interval_90: Interval | None = None
    interval_95: Interval | None = None
    margin_used: float | None = None
    noise_floor: float | None = None
    rounds_needed: int | None = None
    seconds_needed: float | None = None


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
        significant=interval.excludes_zero,
        differs=equivalence.control_differs(spread, math.log1p(margin)),
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
        candidate: A variant's name.
        baseline: Another's.
        control: The A/A control's name and its original's; without one no verdict is given.
        margin: The registered margin, relative: 0.02 is 2 %.
    """
    values = log_ratios(rounds, candidate, baseline)
    ratios = tuple(float(ratio) for ratio in np.exp(values))
    if len(rounds) < 2 or control is None:
        lack = _few(len(rounds)) or "the run has no A/A control, so its noise floor is unknown"
        return LatencyComparison(
            candidate, baseline, "INCONCLUSIVE", lack, len(rounds), ratios, margin
        )
    spread = equivalence.spread(values)
    aa = equivalence.spread(log_ratios(rounds, *control))
    limit, floor = math.log1p(margin), equivalence.noise_floor(aa)
    few = _few(len(rounds))
    verdict = "INCONCLUSIVE" if few else equivalence.decide(spread, aa, limit)
    more = None
    if verdict == "INCONCLUSIVE":
        wanted = equivalence.rounds_needed(spread, aa, limit)
        more = None if wanted is None else wanted - len(rounds)
    return LatencyComparison(
        candidate,
        baseline,
        verdict,
        few or _reason(verdict, spread, aa, limit),
        len(rounds),
        ratios,
        margin,
        ratio=math.exp(spread.mean),
        interval_90=_as_ratio(spread.interval(equivalence.EQUIVALENCE_CONFIDENCE)),
        interval_95=_as_ratio(spread.interval(equivalence.DIFFERENCE_CONFIDENCE)),
        margin_used=math.expm1(max(limit, floor)),
        noise_floor=math.expm1(floor),
        rounds_needed=more,
        seconds_needed=None if more is None else more * _seconds_per_round(rounds),
    )


def _few(rounds: int) -> str:
    if rounds >= equivalence.MIN_ROUNDS:
        return ""
    return f"{rounds} valid rounds, at least {equivalence.MIN_ROUNDS} are needed"


def _reason(verdict: LatencyVerdict, candidate: Spread, aa: Spread, limit: float) -> str:
    margin = f"{math.expm1(limit) * 100:g} %"
    floor = f"{math.expm1(equivalence.noise_floor(aa)) * 100:.1f} %"
    if verdict == "EQUIVALENT":
        return f"the 90 % interval lies inside the margin of ±{margin}"
    if verdict in {"FASTER", "SLOWER"}:
        return f"the 95 % interval lies wholly beyond the noise floor of {floor}"
    if equivalence.control_differs(aa, limit):
        return (
            f"the A/A control differs from its own artifact by {math.expm1(aa.mean) * 100:+.1f} %, "
            f"more than chance and than the margin of {margin}"
        )
    if equivalence.noise_floor(aa) > limit:
        return f"the session's noise floor of {floor} is above the margin of {margin}"
    return (
        f"the interval reaches beyond the margin of {margin} and into the noise floor of {floor}"
        if abs(candidate.mean) > limit
        else f"the 90 % interval reaches beyond the margin of {margin}"
    )


def _seconds_per_round(rounds: Sequence[RoundDone]) -> float:
    spent = [sum(total_ns(done, b.variant) for b in done.blocks) for done in rounds]
    return float(np.median(spent)) / 1e9


def _as_ratio(interval: Interval) -> Interval:
    return Interval(math.exp(interval.low), math.exp(interval.high), interval.confidence)
