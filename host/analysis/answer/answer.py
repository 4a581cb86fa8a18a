"""The answer to a study's question: effects with their intervals and verdicts, device by device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.design import Design
from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.events import RoundDone
from host.analysis.answer.contrasts import Contrast, Trend, gaps, trends
from host.analysis.answer.crossed import Crossed
from host.analysis.answer.effects import Scores
from host.analysis.answer.judged import LatencyEffect, ScoreEffect, judge_latency, judge_score
from host.analysis.answer.levels import LevelSummary, summarise_levels
from host.analysis.answer.limits import limits_of
from host.analysis.bundle import Bundle, Cell
from host.analysis.comparability.check import ComparabilityError, group_runs
from host.analysis.comparison import RESAMPLES
from host.analysis.evidence.recompute import collect_predictions
from host.analysis.explanation import Explanation, explain
from host.analysis.score.paired import holm
from host.analysis.timing.latency import Control, measure_control
from host.analysis.timing.rounds import valid

_INCOMPLETE = ("incomplete",)
"""What a run lacks, its own limits and verdicts say: too few rounds are INCONCLUSIVE."""

Repeated = Literal["BETTER", "WORSE", "INCONCLUSIVE"]
_ALPHA = 0.05


class AnswerError(XtremeEdgeError):
    """The bundles do not answer a registered question."""


@dataclass(frozen=True)
class Part:
    """A task's, or a task and language's, share of a gap in score.

    Attributes:
        language: None for the mean over a task's languages.
        p_holm: Corrected over all parts of the same kind.
    """

    task: str
    language: str | None
    effect: Crossed
    p_holm: float
    verdict: Repeated


@dataclass(frozen=True)
class Finding:
    """One contrast, in latency and in score; a side is None where it was not measured."""

    contrast: Contrast
    latency: LatencyEffect | None
    score: ScoreEffect | None
    tasks: tuple[Part, ...] = ()
    cells: tuple[Part, ...] = ()

    @property
    def is_trend(self) -> bool:
        """Whether it is a slope, not a gap."""
        return isinstance(self.contrast, Trend)

    @property
    def seeds(self) -> int:
        """How many seeds it rests on."""
        return len(self.contrast.units)


@dataclass(frozen=True)
class BundleAnswer:
    """What one bundle says.

    Attributes:
        control: The A/A control, whose floor bounds every claim about latency.
        rounds: Valid ones, and how many were tried.
        guessed: What guessing scores in each task.
        explanations: For each gap, whether the two sides do the same work.
        unscored: Cells that are left out of every average, and why.
        limits: What it cannot say, in words.
    """

    bundle: Bundle = field(repr=False)
    design: Design
    findings: tuple[Finding, ...]
    levels: tuple[LevelSummary, ...]
    guessed: Mapping[str, float]
    control: Control | None
    rounds: tuple[int, int]
    explanations: tuple[Explanation, ...]
    unscored: Mapping[Cell, str]
    limits: tuple[str, ...]

    @property
    def device(self) -> str:
        """The device in words."""
        facts = self.bundle.facts
        return facts.model or f"{facts.board} ({facts.cpu or facts.architecture})"

    @property
    def scenario(self) -> str | None:
        """How latency was measured; None where it was not."""
        plan = self.bundle.spec.performance
        return plan.scenario if plan and "performance" in self.bundle.spec.modes else None


@dataclass(frozen=True)
class Answer:
    """One question, answered by one or more bundles, which stand side by side.

    Attributes:
        caveats: In what the bundles differ, where it does not keep them apart.
    """

    parts: tuple[BundleAnswer, ...]
    caveats: tuple[str, ...] = ()

    @property
    def question(self) -> str:
        """In one sentence."""
        return self.parts[0].design.question

    @property
    def study(self) -> str:
        """The study's name."""
        return self.parts[0].bundle.spec.study


def answer(bundles: Sequence[Bundle], *, seed: int = 0, resamples: int = RESAMPLES) -> Answer:
    """Answer the question that the bundles' run specs registered.

    Args:
        bundles: Verified ones of one study: of several devices, or scenarios.
        seed: Of the bootstrap over samples.
        resamples: How many.

    Raises:
        AnswerError: There is no bundle or no design, or they registered different ones.
        ComparabilityError: They were made under unlike conditions.
    """
    designs = []
    for bundle in bundles:
        if bundle.spec.design is None:
            raise AnswerError(
                f"{bundle.folder}: its study registered no design, so it asks no question about "
                "regimes, sizes or numbers of tasks.",
                remedy="`host compare` says which variant is faster or better; add `design:` to "
                "the study and run it again for more.",
            )
        designs.append(bundle.spec.design)
    if not designs:
        raise AnswerError("No bundle was given.", remedy="Name one: `host study answer BUNDLE`.")
    for bundle, design in zip(bundles, designs, strict=True):
        if design != designs[0]:
            raise AnswerError(
                f"{bundle.folder}: its design differs from that of {bundles[0].folder}.",
                remedy="Answer bundles of one study file together, others apart.",
            )
    parts = tuple(_answer(bundle, seed, resamples) for bundle in bundles)
    return Answer(parts, _caveats(bundles))


def _caveats(bundles: Sequence[Bundle]) -> tuple[str, ...]:
    """Refuse unlike conditions; scenarios differ in what they ask, and in nothing else."""
    by_scenario: dict[object, list[Bundle]] = {}
    for bundle in bundles:
        plan = bundle.spec.performance
        by_scenario.setdefault(plan.scenario if plan else None, []).append(bundle)
    try:
        groups = [group_runs(own, accept=_INCOMPLETE) for own in by_scenario.values()]
        group_runs([own[0] for own in by_scenario.values()], accept=("plan", *_INCOMPLETE))
    except ComparabilityError as error:
        raise ComparabilityError(
            error.message, remedy="Answer runs that were made alike together, others apart."
        ) from None
    differences = [one for group in groups for one in group.differences]
    told = (one.caveat for one in differences if one.condition.name not in _INCOMPLETE)
    return tuple(dict.fromkeys(told))


def _answer(bundle: Bundle, seed: int, resamples: int) -> BundleAnswer:
    design = bundle.spec.design
    assert design is not None
    rounds = list(bundle.bodies(RoundDone))
    counted = valid(rounds)
    names = [member.variant for member in design.members]
    scores = Scores(bundle, collect_predictions(bundle), names, seed=seed, resamples=resamples)
    pair = _control(bundle)
    plan = bundle.spec.performance
    looked = bool(plan and plan.until_decided)
    control = None
    if pair and pair[1] and len(counted) > 1:
        control = measure_control(counted, pair[0], pair[1], bundle.spec.margin, looked=looked)
    levels = summarise_levels(bundle, design, counted, scores)
    findings = tuple(
        _finding(bundle, contrast, counted, scores, levels)
        for contrast in (*trends(design), *gaps(design))
    )
    return BundleAnswer(
        bundle=bundle,
        design=design,
        findings=findings,
        levels=levels,
        guessed=scores.guessed,
        control=control,
        rounds=(len(counted), len(rounds)),
        explanations=tuple(_explanations(bundle, gaps(design))),
        unscored=scores.unscored,
        limits=limits_of(bundle, design, levels, scores.guessed, [f.contrast for f in findings]),
    )


def _control(bundle: Bundle) -> tuple[str, str | None] | None:
    return next(((v.name, v.control_of) for v in bundle.spec.variants if v.control_of), None)


def _finding(
    bundle: Bundle,
    contrast: Contrast,
    rounds: Sequence[RoundDone],
    scores: Scores,
    levels: Sequence[LevelSummary],
) -> Finding:
    spec = bundle.spec
    timed, scored = "performance" in spec.modes, "accuracy" in spec.modes
    latency = judge_latency(contrast, rounds, _control(bundle), spec) if timed else None
    score = judge_score(contrast, scores, levels, spec.score_margin) if scored else None
    if score is None or score.effect is None or isinstance(contrast, Trend):
        return Finding(contrast, latency, score)
    return Finding(contrast, latency, score, _by_task(contrast, scores), _by_cell(contrast, scores))


def _by_task(contrast: Contrast, scores: Scores) -> tuple[Part, ...]:
    names = list(dict.fromkeys(cell.cell[0] for cell in scores.cells))
    effects: dict[tuple[str, str | None], Crossed | None] = {
        (name, None): scores.effect(contrast, [c for c in scores.cells if c.cell[0] == name])
        for name in names
    }
    return _parts(effects)


def _by_cell(contrast: Contrast, scores: Scores) -> tuple[Part, ...]:
    effects: dict[tuple[str, str | None], Crossed | None] = {
        cell.cell: scores.effect(contrast, [cell]) for cell in scores.cells
    }
    return _parts(effects)


def _parts(effects: Mapping[tuple[str, str | None], Crossed | None]) -> tuple[Part, ...]:
    known = {key: effect for key, effect in effects.items() if effect is not None}
    corrected = holm([effect.p for effect in known.values()])
    return tuple(
        Part(task, language, effect, p, _verdict(effect, p))
        for ((task, language), effect), p in zip(known.items(), corrected, strict=True)
    )


def _verdict(effect: Crossed, p: float) -> Repeated:
    if p >= _ALPHA:
        return "INCONCLUSIVE"
    return "BETTER" if effect.mean > 0 else "WORSE"


def _explanations(bundle: Bundle, contrasts: Sequence[Contrast]) -> Iterator[Explanation]:
    variants = {variant.name: variant for variant in bundle.spec.variants}

    def artifacts(name: str) -> dict[str, ArtifactManifest]:
        return {
            task: bundle.artifacts[digest]
            for task, digest in variants[name].artifacts.items()
            if digest in bundle.artifacts
        }

    for contrast in contrasts:
        for pairs in contrast.units.values():
            for one in pairs:
                ours, theirs = artifacts(one.candidate), artifacts(one.reference)
                yield explain(one.candidate, ours, one.reference, theirs)
