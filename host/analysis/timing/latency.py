"""Compares two variants' latency over paired rounds: equivalent, faster, slower, or not decided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from device_agent.contract.events import RoundDone
from device_agent.measure import anytime, decision
from device_agent.measure.anytime import AnytimeEstimate
from device_agent.measure.decision import Interval, LatencyVerdict
from host.analysis.figures import percent_ends
from host.analysis.timing import equivalence
from host.analysis.timing.equivalence import Spread
from host.analysis.timing.rounds import Floats, log_ratios, total_ns, total_ratio


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
    """Candidate against baseline, as ratios of time (0.9: a tenth less time).

    Attributes:
        reason: Why, in words.
        rounds: Valid rounds used.
        ratios: Per valid round, in order: the geometric mean of its queries' ratios.
        ratio: Geometric mean over rounds; None, as its intervals, with fewer than two rounds.
        total_ratio: Of the time of all queries together, long ones and rare stalls in full.
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
    total_ratio: float | None = None
    interval_90: Interval | None = None
    interval_95: Interval | None = None
    margin_used: float | None = None
    noise_floor: float | None = None
    rounds_needed: int | None = None
    seconds_needed: float | None = None


_Estimate: TypeAlias = Spread | AnytimeEstimate


def measure_control(
    rounds: Sequence[RoundDone], name: str, original: str, margin: float, *, looked: bool = False
) -> Control | None:
    """Return what the A/A control shows over valid rounds; None with fewer than two of them.

    Args:
        rounds: Valid rounds.
        name: The control.
        original: The variant whose artifacts it repeats.
        margin: The registered margin, relative.
        looked: As in `compare_latency`.
    """
    if len(rounds) < 2:
        return None
    spread = _estimate(log_ratios(rounds, name, original), looked=looked)
    interval = spread.interval(decision.DIFFERENCE_CONFIDENCE)
    return Control(
        name=name,
        of=original,
        rounds=len(rounds),
        ratio=math.exp(spread.mean),
        interval=_as_ratio(interval),
        floor=math.expm1(decision.noise_floor(spread)),
        significant=interval.excludes_zero,
        differs=decision.control_differs(spread, math.log1p(margin)),
    )


def compare_latency(
    rounds: Sequence[RoundDone],
    candidate: str,
    baseline: str,
    control: tuple[str, str] | None,
    margin: float,
    *,
    looked: bool = False,
) -> LatencyComparison:
    """Compare the time that two variants took over the same queries.

    The mean over a round's queries of the paired log ratio of their time (tokenising, inference
    and decoding) is one observation (`ratios.round_means`); `decision.decide` documents the
    regions of the verdict.

    Args:
        rounds: Valid rounds.
        candidate: A variant's name.
        baseline: Another's.
        control: The A/A control's name and its original's; without one no verdict is given.
        margin: The registered margin, relative: 0.02 is 2 %.
        looked: The run ended when the rounds had decided, so intervals must hold at every look.
    """
    values = log_ratios(rounds, candidate, baseline)
    ratios = tuple(float(ratio) for ratio in np.exp(values))
    if len(rounds) < 2 or control is None:
        lack = _few(len(rounds)) or "the run has no A/A control, so its noise floor is unknown"
        return LatencyComparison(
            candidate, baseline, "INCONCLUSIVE", lack, len(rounds), ratios, margin
        )
    spread = _estimate(values, looked=looked)
    aa = _estimate(log_ratios(rounds, *control), looked=looked)
    limit, floor = math.log1p(margin), decision.noise_floor(aa)
    few = _few(len(rounds))
    verdict = "INCONCLUSIVE" if few else decision.decide(spread, aa, limit)
    whole = total_ratio(rounds, candidate, baseline)
    more = None
    if verdict == "INCONCLUSIVE":
        wanted = equivalence.rounds_needed(spread, aa, limit)
        more = None if wanted is None else wanted - len(rounds)
    return LatencyComparison(
        candidate,
        baseline,
        verdict,
        (few or _reason(verdict, spread, aa, limit)) + _aside(spread, whole, max(limit, floor)),
        len(rounds),
        ratios,
        margin,
        ratio=math.exp(spread.mean),
        total_ratio=whole,
        interval_90=_as_ratio(spread.interval(decision.EQUIVALENCE_CONFIDENCE)),
        interval_95=_as_ratio(spread.interval(decision.DIFFERENCE_CONFIDENCE)),
        margin_used=math.expm1(max(limit, floor)),
        noise_floor=math.expm1(floor),
        rounds_needed=more,
        seconds_needed=None if more is None else more * _seconds_per_round(rounds),
    )


def _estimate(values: Floats, *, looked: bool) -> _Estimate:
    return anytime.estimate(values.tolist()) if looked else equivalence.spread(values)


def _few(rounds: int) -> str:
    if rounds >= decision.MIN_ROUNDS:
        return ""
    return f"{rounds} valid rounds, at least {decision.MIN_ROUNDS} are needed"


def _reason(verdict: LatencyVerdict, candidate: _Estimate, aa: _Estimate, limit: float) -> str:
    margin = f"{math.expm1(limit) * 100:g} %"
    floor = f"{math.expm1(decision.noise_floor(aa)) * 100:.1f} %"
    if verdict == "EQUIVALENT":
        return f"the 90 % interval lies inside the margin of ±{margin}"
    if verdict in {"FASTER", "SLOWER"}:
        return f"the 95 % interval lies wholly beyond the noise floor of {floor}"
    if decision.control_differs(aa, limit):
        found = aa.interval(decision.DIFFERENCE_CONFIDENCE)
        ratios = Interval(math.exp(found.low), math.exp(found.high), found.confidence)
        low, high = percent_ends(ratios)
        return (
            f"the A/A control differs from its own artifact by {low} to {high} %: more than "
            f"chance, and not shown to be less than the margin of {margin}"
        )
    if decision.noise_floor(aa) > limit:
        return f"the session's noise floor of {floor} is above the margin of {margin}"
    return (
        f"the interval reaches beyond the margin of {margin} and into the noise floor of {floor}"
        if abs(candidate.mean) > limit
        else f"the 90 % interval reaches beyond the margin of {margin}"
    )


def _aside(candidate: _Estimate, whole: float, limit: float) -> str:
    """Say so where the sum of all times tells another story than the typical query."""
    if abs(math.log(whole) - candidate.mean) <= limit:
        return ""
    return (
        f"; all queries together took {whole:.3f} times as long, because long queries or rare "
        "stalls weigh more in that: see the percentiles and the tasks"
    )


def _seconds_per_round(rounds: Sequence[RoundDone]) -> float:
    spent = [sum(total_ns(done, b.variant) for b in done.blocks) for done in rounds]
    return float(np.median(spent)) / 1e9


def _as_ratio(interval: Interval) -> Interval:
    return Interval(math.exp(interval.low), math.exp(interval.high), interval.confidence)
