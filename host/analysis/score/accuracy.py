"""Compares two variants' scores, per task and language and on average."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from device_agent.measure.decision import Interval
from host.analysis.bundle import Cell
from host.analysis.score.assay import Assay, above_guessing
from host.analysis.score.averages import mean, overall
from host.analysis.score.contributions import Contributions
from host.analysis.score.differences import (
    MIN_SAMPLES,
    AccuracyComparison,
    CellDifference,
    CellVerdict,
    ScoreVerdict,
    SuiteDifference,
    TaskDifference,
    UnscoredCell,
)
from host.analysis.score.few_samples import percentile_interval, worth
from host.analysis.score.paired import difference_p, holm
from host.analysis.score.resampling import ResampledCell
from host.analysis.score.scores import CellScore
from host.analysis.score.suites import counted, suite_average
from host.analysis.timing.rounds import Floats
from host.scoring.benchmark import SUITES

ALPHA = 0.05
TIMES = (1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0)


@dataclass(frozen=True)
class _Resampled:
    """One cell; `samples` counts those that add something to a sum."""

    found: ResampledCell
    names: tuple[str, str]
    samples: int

    @property
    def cell(self) -> Cell:
        return self.found.cell

    @property
    def candidate(self) -> Contributions:
        return self.found.parts[self.names[0]]

    @property
    def baseline(self) -> Contributions:
        return self.found.parts[self.names[1]]

    @property
    def difference(self) -> float:
        return self.candidate.score - self.baseline.score

    @property
    def differences(self) -> Floats:
        return self.found.drawn[self.names[0]] - self.found.drawn[self.names[1]]

    @property
    def units(self) -> float:
        return min(self.candidate.units, self.baseline.units)

    @property
    def tested(self) -> bool:
        return self.samples >= MIN_SAMPLES


def compare_accuracy(
    cells: Mapping[Cell, ResampledCell],
    candidate: tuple[str, Mapping[Cell, CellScore]],
    baseline: tuple[str, Mapping[Cell, CellScore]],
    *,
    margin: float,
    seed: int,
) -> AccuracyComparison:
    """Compare two variants of one bundle on the same samples.

    Args:
        cells: Resampled, with both variants wherever both have a score.
        candidate: Name and scores.
        baseline: Name and scores.
        margin: For non-inferiority, in points.
        seed: Of the randomisation.
    """
    names = candidate[0], baseline[0]
    unscored, resampled = [], []
    for cell in candidate[1]:
        reason = candidate[1][cell].unscored or baseline[1][cell].unscored
        if reason is not None:
            unscored.append(UnscoredCell(*cell, reason))
            continue
        resampled.append(_Resampled(cells[cell], names, candidate[1][cell].samples))
    if not resampled:
        reason = "no task and language has a score for both"
        return AccuracyComparison(*names, "INCONCLUSIVE", reason, margin, (), (), tuple(unscored))
    differences = _cells(resampled, seed)
    tested = [r for r in resampled if r.tested]
    interval = _average_interval(tested)
    assay = _assay(tested)
    if interval is None:
        verdict: ScoreVerdict = "INCONCLUSIVE"
        reason = f"every task and language has fewer than {MIN_SAMPLES} samples"
    else:
        verdict, reason = assay.judge(interval, lambda found: decide(found, margin))
    ours_mean, theirs_mean = _average(tested)
    return AccuracyComparison(
        *names,
        verdict,
        reason,
        margin,
        differences,
        _tasks(resampled, differences),
        tuple(unscored),
        suites=tuple(_suites(resampled, differences, candidate[1])),
        candidate_average=ours_mean,
        baseline_average=theirs_mean,
        difference=_minus(ours_mean, theirs_mean),
        interval=interval,
        assay=assay,
        more_samples=_more_samples(tested, verdict, assay, margin),
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


def _more_samples(
    tested: list[_Resampled], verdict: ScoreVerdict, assay: Assay, margin: float
) -> float | None:
    """Return how many times as many samples would decide; None where up to ten times would not.

    If the figures stay as they are: resampled deviations shrink with the root of the samples.
    """
    learned = [r for r in tested if r.cell[0] not in assay.unlearned]
    if verdict != "INCONCLUSIVE" or not learned:
        return None
    found, drawn, count = _average_parts(learned)
    for times in TIMES:
        closer = found + (drawn - np.mean(drawn)) / times**0.5
        if decide(percentile_interval(found, closer, count * times), margin)[0] != "INCONCLUSIVE":
            return times
    return None


def _assay(tested: list[_Resampled]) -> Assay:
    """Tell the tasks that neither has learned, and the effect over the others."""
    learned = {
        task
        for task, own in _by_task(tested).items()
        if any(above_guessing([r.found for r in own], [name]) for name in own[0].names)
    }
    left = [r for r in tested if r.cell[0] in learned]
    unlearned = tuple(task for task in _by_task(tested) if task not in learned)
    return Assay(unlearned, _minus(*_average(left)), _average_interval(left))


def _cells(resampled: list[_Resampled], seed: int) -> tuple[CellDifference, ...]:
    tests = [difference_p(r.candidate, r.baseline, seed) for r in resampled]
    # A test that cannot reach 5 % would only make the others' correction stricter.
    tried = {r.cell: p for r, (_, p) in zip(resampled, tests, strict=True) if r.tested}
    corrected = dict(zip(tried, holm(list(tried.values())), strict=True))
    found = []
    for r, (test, _) in zip(resampled, tests, strict=True):
        difference = r.difference
        verdict: CellVerdict = "INCONCLUSIVE"
        if corrected.get(r.cell, 1.0) < ALPHA:
            verdict = "BETTER" if difference > 0 else "WORSE"
        found.append(
            CellDifference(
                *r.cell,
                samples=r.samples,
                candidate=r.candidate.score,
                baseline=r.baseline.score,
                difference=difference,
                interval=(
                    percentile_interval(difference, r.differences, r.units) if r.tested else None
                ),
                test=test,
                p=tried.get(r.cell),
                p_holm=corrected.get(r.cell),
                verdict=verdict,
            )
        )
    return tuple(found)


def _tasks(
    resampled: list[_Resampled], cells: tuple[CellDifference, ...]
) -> tuple[TaskDifference, ...]:
    found = []
    for task, own in _by_task(resampled).items():
        group = [cell for cell in cells if cell.task == task]
        few = tuple(r.cell[1] for r in own if not r.tested)
        ours = float(np.mean([cell.candidate for cell in group]))
        theirs = float(np.mean([cell.baseline for cell in group]))
        found.append(
            TaskDifference(
                task=task,
                candidate=ours,
                baseline=theirs,
                difference=ours - theirs,
                # Without the few it would be the interval of another mean than this one.
                interval=None if few else _average_interval(own),
                languages=len(group),
                few=few,
                better=sum(cell.verdict == "BETTER" for cell in group),
                worse=sum(cell.verdict == "WORSE" for cell in group),
                higher=sum(cell.difference > 0 for cell in group),
            )
        )
    return tuple(found)


def _suites(
    resampled: list[_Resampled], cells: tuple[CellDifference, ...], scores: Mapping[Cell, CellScore]
) -> Iterator[SuiteDifference]:
    for suite in SUITES:
        planned = counted(suite)
        own = [r for r in resampled if r.cell in planned]
        if own:
            kept = {r.cell for r in own}
            both = tuple(cell for cell in cells if (cell.task, cell.language) in kept)
            tested = [r for r in own if r.tested]
            ours, theirs = _average(own)
            assert ours is not None
            assert theirs is not None
            yield SuiteDifference(
                candidate=ours,
                baseline=theirs,
                difference=_minus(*_average(tested)),
                interval=_average_interval(tested),
                tasks=_tasks(own, both),
                few=tuple(r.cell for r in own if not r.tested),
                over=suite_average({cell: scores[cell] for cell in kept}, suite),
            )


def _by_task(resampled: Iterable[_Resampled]) -> dict[str, list[_Resampled]]:
    found: dict[str, list[_Resampled]] = {}
    for r in resampled:
        found.setdefault(r.cell[0], []).append(r)
    return found


def _average(resampled: list[_Resampled]) -> tuple[float | None, float | None]:
    """Return candidate's and baseline's mean over languages, then over tasks."""
    tasks = _by_task(resampled).values()
    ours = [mean([r.candidate.score for r in own]) for own in tasks]
    theirs = [mean([r.baseline.score for r in own]) for own in tasks]
    return overall(ours), overall(theirs)


def _average_interval(resampled: list[_Resampled]) -> Interval | None:
    """Return the interval of the mean over languages, then over tasks; None of nothing."""
    if not resampled:
        return None
    return percentile_interval(*_average_parts(resampled))


def _average_parts(resampled: list[_Resampled]) -> tuple[float, Floats, float]:
    """Return the average difference, the same resampled, and how many samples it is worth."""
    tasks = _by_task(resampled).values()
    found = np.mean([np.mean([r.difference for r in own]) for own in tasks])
    drawn = np.mean([np.mean([r.differences for r in own], axis=0) for own in tasks], axis=0)
    return float(found), drawn, worth({r.cell: r.units for r in resampled})


def _minus(ours: float | None, theirs: float | None) -> float | None:
    return None if ours is None or theirs is None else ours - theirs
