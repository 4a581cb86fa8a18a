"""Verdicts on contrasts, by the same decision regions as for two variants."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from device_agent.contract.events import RoundDone
from device_agent.contract.runspec import RunSpec
from device_agent.measure import decision
from device_agent.measure.decision import Interval
from host.analysis.answer.contrasts import Contrast, Trend
from host.analysis.answer.crossed import Crossed
from host.analysis.answer.deciding import Enough, enough
from host.analysis.answer.effects import Scores, latency_effect
from host.analysis.answer.levels import LevelSummary
from host.analysis.score import accuracy
from host.analysis.score.assay import Assay
from host.analysis.score.few_samples import CONFIDENCE
from host.analysis.timing import equivalence
from host.analysis.timing.rounds import log_ratios

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
        enough: What would decide; None where it is decided, or something else is missing.
    """

    effect: Crossed | None
    verdict: str
    reason: str
    margin: float
    floor: float | None = None
    enough: Enough | None = None

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
        held_back: The interval alone would tell, and the tasks that nobody learned forbid it.
        assay: What is left without these tasks.
        enough: What would decide; None where it is decided, or nobody has learned anything.
    """

    effect: Crossed | None
    verdict: str
    reason: str
    margin: float
    held_back: bool = False
    assay: Assay = field(default_factory=Assay)
    enough: Enough | None = None

    @property
    def interval(self) -> Interval | None:
        return None if self.effect is None else self.effect.interval(CONFIDENCE)


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
    limit = math.log1p(margin)
    verdict = decision.decide(effect, aa, limit)
    reason = _latency_reason(verdict, margin, floor)
    told = _TREND_WORDS[verdict] if isinstance(contrast, Trend) else verdict
    if verdict != "INCONCLUSIVE":
        return LatencyEffect(effect, told, reason, margin, floor)

    def decided(seeds: int, times: float) -> bool:
        control = equivalence.foresee(aa, round(aa.rounds * times))
        return decision.decide(effect.enlarged(seeds, times), control, limit) != "INCONCLUSIVE"

    return LatencyEffect(effect, told, reason, margin, floor, enough(effect.seeds, decided))


def judge_score(
    contrast: Contrast, scores: Scores, levels: Sequence[LevelSummary], margin: float
) -> ScoreEffect:
    """Return the contrast in points with its verdict."""
    effect = scores.effect(contrast)
    if effect is None:
        reason = "no task and language has a score in every variant"
        return ScoreEffect(None, "INCONCLUSIVE", reason, margin)
    if isinstance(contrast, Trend):
        effect = effect.times(contrast.span)
    decide = _trend if isinstance(contrast, Trend) else accuracy.decide
    unlearned, left = _learned(contrast, scores, levels)

    def judge(effect: Crossed, left: Crossed | None) -> tuple[str, str]:
        interval = effect.interval(CONFIDENCE)
        return _assay(unlearned, left).judge(interval, lambda found: decide(found, margin))

    def decided(seeds: int, times: float) -> bool:
        rest = left.enlarged(seeds, times) if left else None
        return judge(effect.enlarged(seeds, times), rest)[0] != "INCONCLUSIVE"

    verdict, reason = judge(effect, left)
    return ScoreEffect(
        effect,
        verdict,
        reason,
        margin,
        held_back=verdict != decide(effect.interval(CONFIDENCE), margin)[0],
        assay=_assay(unlearned, left),
        enough=enough(effect.seeds, decided) if verdict == "INCONCLUSIVE" and left else None,
    )


def _trend(interval: Interval, margin: float) -> tuple[str, str]:
    if interval.within(margin):
        return "FLAT", f"the 95 % interval lies inside ±{margin:g} points"
    if interval.excludes_zero:
        word = "RISING" if interval.low > 0 else "FALLING"
        return word, "the 95 % interval lies wholly on one side of 0"
    return "INCONCLUSIVE", f"the 95 % interval holds 0 and reaches beyond {margin:g} points"


def _learned(
    contrast: Contrast, scores: Scores, levels: Sequence[LevelSummary]
) -> tuple[tuple[str, ...], Crossed | None]:
    """Tell the tasks that no level of the contrast has learned, and the effect over the others."""
    pairs = [pair for unit in contrast.units.values() for pair in unit]
    named = {name for pair in pairs for name in (pair.candidate, pair.reference)}
    own = [level for level in levels if named.intersection(level.variants)]
    learned = {task for level in own for task in level.above_guessing}
    left = scores.effect(contrast, [cell for cell in scores.cells if cell.cell[0] in learned])
    if left is not None and isinstance(contrast, Trend):
        left = left.times(contrast.span)
    return tuple(task for task in scores.guessed if task not in learned), left


def _assay(unlearned: tuple[str, ...], left: Crossed | None) -> Assay:
    if left is None:
        return Assay(unlearned)
    return Assay(unlearned, left.mean, left.interval(CONFIDENCE))


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
