"""Compares two variants' scores, per task and language and on average."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from device_agent.contract.samples import Prediction
from host.analysis.bundle import Bundle, Cell
from host.analysis.contributions import Contributions, contributions
from host.analysis.equivalence import Interval
from host.analysis.paired import TestName, bootstrap_differences, difference_p, holm
from host.analysis.rounds import Floats
from host.analysis.scores import CellScore
from host.analysis.suites import SuiteAverage, counted, suite_average
from host.scoring.benchmark import SUITES

CellVerdict = Literal["BETTER", "WORSE", "INCONCLUSIVE"]
ScoreVerdict = Literal["BETTER", "NON-INFERIOR", "WORSE", "INCONCLUSIVE"]

ALPHA = 0.05
CONFIDENCE = 0.95

Predictions = Mapping[tuple[str, str, str], Mapping[str, Prediction]]


@dataclass(frozen=True)
class CellDifference:
    """Candidate minus baseline in one task and language, in points.

    Attributes:
        samples: Samples that both were scored on.
        interval: 95 % paired bootstrap interval of the difference, not corrected.
        p: Of "no difference", not corrected.
        p_holm: The same after Holm's correction over all cells of this comparison.
        verdict: At 5 % after the correction; INCONCLUSIVE means no difference shown.
    """

    task: str
    language: str
    samples: int
    candidate: float
    baseline: float
    difference: float
    interval: Interval
    test: TestName
    p: float
    p_holm: float
    verdict: CellVerdict


@dataclass(frozen=True)
class TaskDifference:
    """Candidate minus baseline in one task's average over languages, in points.

    Attributes:
        languages: Languages that both have a score in.
        better, worse: In how many of them the difference stands after Holm's correction.
        higher: In how many the candidate's score is higher, whether shown or not.
    """

    task: str
    candidate: float
    baseline: float
    difference: float
    interval: Interval
    languages: int
    better: int
    worse: int
    higher: int


@dataclass(frozen=True)
class SuiteDifference:
    """Candidate minus baseline in a suite's average, over the cells that both have a score in.

    Attributes:
        tasks: Over the languages that the suite counts.
        interval: 95 %, paired bootstrap stratified by task and language.
        over: The candidate's average over those cells, which says what of the suite they are.
    """

    candidate: float
    baseline: float
    difference: float
    interval: Interval
    tasks: tuple[TaskDifference, ...]
    over: SuiteAverage


@dataclass(frozen=True)
class UnscoredCell:
    """A task and language that one of the two has no score in, and why."""

    task: str
    language: str
    reason: str


@dataclass(frozen=True)
class AccuracyComparison:
    """Candidate against baseline over all tasks and languages that both have a score in.

    Attributes:
        difference: Of the average: unweighted over languages, then over tasks; in points.
        interval: 95 %, paired bootstrap stratified by task and language.
        margin: How much lower the average may be and still pass as non-inferior, in points.
        suites: The same for the average of each suite that they have any task of.
    """

    candidate: str
    baseline: str
    verdict: ScoreVerdict
    reason: str
    margin: float
    cells: tuple[CellDifference, ...]
    tasks: tuple[TaskDifference, ...]
    unscored: tuple[UnscoredCell, ...]
    suites: tuple[SuiteDifference, ...] = ()
    candidate_average: float | None = None
    baseline_average: float | None = None
    difference: float | None = None
    interval: Interval | None = None


@dataclass(frozen=True)
class _Resampled:
    cell: Cell
    candidate: Contributions
    baseline: Contributions
    differences: Floats


def compare_accuracy(
    bundle: Bundle,
    predictions: Predictions,
    candidate: tuple[str, Mapping[Cell, CellScore]],
    baseline: tuple[str, Mapping[Cell, CellScore]],
    *,
    margin: float,
    seed: int,
    resamples: int,
) -> AccuracyComparison:
    """Compare two variants of one bundle on the samples that both predicted.

    Args:
        bundle: Has the gold.
        predictions: By variant, task and language.
        candidate: Name and scores.
        baseline: Name and scores.
        margin: For non-inferiority, in points.
        seed: Of the bootstrap and the randomisation.
        resamples: Bootstrap resamples.
    """
    names = candidate[0], baseline[0]
    unscored, resampled = [], []
    for index, cell in enumerate(candidate[1]):
        reason = candidate[1][cell].unscored or baseline[1][cell].unscored
        if reason is not None:
            unscored.append(UnscoredCell(*cell, reason))
            continue
        made = [predictions[name, cell[0], cell[1]] for name in names]
        gold = {i: g for i, g in bundle.gold[cell].items() if all(i in each for each in made)}
        ours, theirs = (contributions(*cell, each, gold) for each in made)
        drawn = bootstrap_differences(ours, theirs, (seed, index), resamples)
        resampled.append(_Resampled(cell, ours, theirs, drawn))
    if not resampled:
        reason = "no task and language has a score for both"
        return AccuracyComparison(*names, "INCONCLUSIVE", reason, margin, (), (), tuple(unscored))
    cells = _cells(resampled, seed)
    tasks, drawn = _tasks(resampled, cells)
    interval = _interval(drawn)
    verdict, reason = decide(interval, margin)
    ours_mean = float(np.mean([task.candidate for task in tasks]))
    theirs_mean = float(np.mean([task.baseline for task in tasks]))
    return AccuracyComparison(
        *names,
        verdict,
        reason,
        margin,
        cells,
        tasks,
        tuple(unscored),
        suites=tuple(_suites(resampled, cells, candidate[1])),
        candidate_average=ours_mean,
        baseline_average=theirs_mean,
        difference=ours_mean - theirs_mean,
        interval=interval,
    )


def decide(interval: Interval, margin: float) -> tuple[ScoreVerdict, str]:
    """Place the 95 % interval of the average's difference into the decision regions.

    In this order: BETTER above 0; NON-INFERIOR above -margin; WORSE below 0; else INCONCLUSIVE.
    A loss that is significant and yet smaller than the margin is NON-INFERIOR: it was agreed
    beforehand that so little does not matter.

    Source: ICH E9, "Statistical principles for clinical trials" (1998), 3.3.2: the two-sided 95 %
    interval is a one-sided test at 2.5 %.
    """
    if interval.low > 0:
        return "BETTER", "the 95 % interval lies wholly above 0"
    if interval.low > -margin:
        return "NON-INFERIOR", f"the 95 % interval lies wholly above -{margin:g} points"
    if interval.high < 0:
        return "WORSE", f"the 95 % interval lies below 0 and reaches below -{margin:g} points"
    return "INCONCLUSIVE", f"the 95 % interval holds both 0 and -{margin:g} points"


def _cells(resampled: list[_Resampled], seed: int) -> tuple[CellDifference, ...]:
    tests = [difference_p(r.candidate, r.baseline, seed) for r in resampled]
    found = []
    for r, (test, p), p_holm in zip(resampled, tests, holm([p for _, p in tests]), strict=True):
        difference = r.candidate.score - r.baseline.score
        verdict: CellVerdict = "INCONCLUSIVE"
        if p_holm < ALPHA:
            verdict = "BETTER" if difference > 0 else "WORSE"
        found.append(
            CellDifference(
                *r.cell,
                samples=len(r.candidate.numerators),
                candidate=r.candidate.score,
                baseline=r.baseline.score,
                difference=difference,
                interval=_interval(r.differences),
                test=test,
                p=p,
                p_holm=p_holm,
                verdict=verdict,
            )
        )
    return tuple(found)


def _tasks(
    resampled: list[_Resampled], cells: tuple[CellDifference, ...]
) -> tuple[tuple[TaskDifference, ...], Floats]:
    """Return each task's difference, and the resampled difference of the mean over tasks."""
    found, drawn = [], []
    for task in dict.fromkeys(cell.task for cell in cells):
        group = [cell for cell in cells if cell.task == task]
        mean = np.mean([r.differences for r in resampled if r.cell[0] == task], axis=0)
        drawn.append(mean)
        ours = float(np.mean([cell.candidate for cell in group]))
        theirs = float(np.mean([cell.baseline for cell in group]))
        found.append(
            TaskDifference(
                task=task,
                candidate=ours,
                baseline=theirs,
                difference=ours - theirs,
                interval=_interval(mean),
                languages=len(group),
                better=sum(cell.verdict == "BETTER" for cell in group),
                worse=sum(cell.verdict == "WORSE" for cell in group),
                higher=sum(cell.difference > 0 for cell in group),
            )
        )
    return tuple(found), np.mean(drawn, axis=0)


def _suites(
    resampled: list[_Resampled], cells: tuple[CellDifference, ...], scores: Mapping[Cell, CellScore]
) -> Iterator[SuiteDifference]:
    for suite in SUITES:
        planned = counted(suite)
        own = [r for r in resampled if r.cell in planned]
        if own:
            kept = {r.cell for r in own}
            both = tuple(cell for cell in cells if (cell.task, cell.language) in kept)
            tasks, drawn = _tasks(own, both)
            ours = float(np.mean([task.candidate for task in tasks]))
            theirs = float(np.mean([task.baseline for task in tasks]))
            over = suite_average({cell: scores[cell] for cell in kept}, suite)
            yield SuiteDifference(ours, theirs, ours - theirs, _interval(drawn), tasks, over)


def _interval(differences: Floats) -> Interval:
    """Return the percentile interval of resampled differences."""
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(differences, [tail, 100 - tail])
    return Interval(float(low), float(high), CONFIDENCE)
