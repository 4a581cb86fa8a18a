"""Verdicts on contrasts, by the same decision regions as for two variants."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from device_agent.contract.events import RoundDone
from device_agent.contract.runspec import RunSpec
from device_agent.measure import decision
from device_agent.measure.decision import Interval
from host.analysis import accuracy, equivalence
from host.analysis.answer.contrasts import Contrast, Trend
from host.analysis.answer.crossed import Crossed
from host.analysis.answer.effects import Scores, latency_effect
from host.analysis.rounds import log_ratios

_TREND_WORDS: Mapping[str, str] = {
    "EQUIVALENT": "FLAT",
    "SLOWER": "RISING",
    "FASTER": "FALLING",
    "INCONCLUSIVE": "INCONCLUSIVE",
}


@dataclass(frozen=True)
class LatencyEffect:
    """A contrast in time.

    Attributes:
        effect: In log time; of a trend, from its first place to its last. None without rounds.
        ratio, interval_90, interval_95: The same as ratios of time.
        verdict: EQUIVALENT, FASTER, SLOWER or INCONCLUSIVE; of a trend FLAT, FALLING, RISING.
        reason: Why, in words.
    """

    effect: Crossed | None
    verdict: str
    reason: str
    margin: float
    floor: float | None = None

    @property
    def ratio(self) -> float | None:
        return None if self.effect is None else math.exp(self.effect.mean)

    @property
    def interval_90(self) -> Interval | None:
        return self._ratios(decision.EQUIVALENCE_CONFIDENCE)

    @property
    def interval_95(self) -> Interval | None:
        return self._ratios(decision.DIFFERENCE_CONFIDENCE)

    def _ratios(self, confidence: float) -> Interval | None:
        if self.effect is None:
            return None
        found = self.effect.interval(confidence)
        return Interval(math.exp(found.low), math.exp(found.high), confidence)


@dataclass(frozen=True)
class ScoreEffect:
    """A contrast in points of the average score; of a trend, from its first place to its last.

    Attributes:
        verdict: BETTER, NON-INFERIOR, WORSE or INCONCLUSIVE; of a trend FLAT, RISING, FALLING.
    """

    effect: Crossed | None
    verdict: str
    reason: str
    margin: float

    @property
    def interval(self) -> Interval | None:
        return None if self.effect is None else self.effect.interval(accuracy.CONFIDENCE)


def judge_latency(
    contrast: Contrast,
    rounds: Sequence[RoundDone],
    control: tuple[str, str | None] | None,
    spec: RunSpec,
) -> LatencyEffect:
    """Return the contrast in time with its verdict.

    A trend is judged by what it comes to over its whole axis.
    """
    margin = spec.margin
    effect = latency_effect(contrast, rounds)
    if effect is None:
        return LatencyEffect(None, "INCONCLUSIVE", "fewer than two valid rounds", margin)
    if isinstance(contrast, Trend):
        effect = effect.times(contrast.span)
    if spec.performance and spec.performance.until_decided:
        reason = "rounds ended at a verdict, and a design needs a number fixed beforehand"
        return LatencyEffect(effect, "INCONCLUSIVE", reason, margin)
    if control is None or control[1] is None:
        reason = "the run has no A/A control, so its noise floor is unknown"
        return LatencyEffect(effect, "INCONCLUSIVE", reason, margin)
    aa = equivalence.spread(log_ratios(rounds, control[0], control[1]))
    floor = math.expm1(decision.noise_floor(aa))
    if len(rounds) < decision.MIN_ROUNDS:
        reason = f"{len(rounds)} valid rounds, at least {decision.MIN_ROUNDS} are needed"
        return LatencyEffect(effect, "INCONCLUSIVE", reason, margin, floor)
    verdict = decision.decide(effect, aa, math.log1p(margin))
    reason = _latency_reason(verdict, margin, floor)
    told = _TREND_WORDS[verdict] if isinstance(contrast, Trend) else verdict
    return LatencyEffect(effect, told, reason, margin, floor)


def judge_score(contrast: Contrast, scores: Scores, margin: float) -> ScoreEffect:
    """Return the contrast in points with its verdict."""
    effect = scores.effect(contrast)
    if effect is None:
        reason = "no task and language has a score in every variant"
        return ScoreEffect(None, "INCONCLUSIVE", reason, margin)
    if not isinstance(contrast, Trend):
        verdict, reason = accuracy.decide(effect.interval(accuracy.CONFIDENCE), margin)
        return ScoreEffect(effect, verdict, reason, margin)
    effect = effect.times(contrast.span)
    interval = effect.interval(accuracy.CONFIDENCE)
    if interval.within(margin):
        told = "FLAT", f"the 95 % interval lies inside ±{margin:g} points"
    elif interval.excludes_zero:
        word = "RISING" if effect.mean > 0 else "FALLING"
        told = word, "the 95 % interval lies wholly on one side of 0"
    else:
        told = "INCONCLUSIVE", f"the 95 % interval holds 0 and reaches beyond {margin:g} points"
    return ScoreEffect(effect, *told, margin)


def _latency_reason(verdict: str, margin: float, floor: float) -> str:
    if verdict == "EQUIVALENT":
        return f"the 90 % interval lies inside ±{margin * 100:g} %"
    if verdict in {"FASTER", "SLOWER"}:
        return f"the 95 % interval lies wholly beyond the noise floor of {floor * 100:.1f} %"
    if floor > margin:
        return (
            f"the A/A noise floor of {floor * 100:.1f} % is above the margin of {margin * 100:g} %"
        )
    return (
        f"the interval neither lies inside ±{margin * 100:g} % nor beyond the noise floor of "
        f"{floor * 100:.1f} %"
    )
