"""How far a variant's own scores would move with other samples of the same kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from device_agent.measure.decision import Interval
from host.analysis.bundle import Cell
from host.analysis.score.differences import MIN_SAMPLES
from host.analysis.score.few_samples import CONFIDENCE, hold_least, worth
from host.analysis.score.resampling import ResampledCell
from host.analysis.score.scores import CellScore
from host.analysis.timing.rounds import Floats


@dataclass(frozen=True)
class ScoreIntervals:
    """95 % intervals of one variant's scores, in percent; those of too few samples are missing.

    Attributes:
        cells: By task and language.
        tasks: Of the mean over a task's languages.
        average: Of the mean over tasks, in the cells in which all variants have a score.
    """

    cells: Mapping[Cell, Interval] = field(default_factory=dict)
    tasks: Mapping[str, Interval] = field(default_factory=dict)
    average: Interval | None = None


def score_intervals(
    variant: str,
    scores: Mapping[Cell, CellScore],
    resampled: Mapping[Cell, ResampledCell],
    common: Collection[Cell],
) -> ScoreIntervals:
    """Return the intervals of one variant.

    Args:
        variant: Its name.
        scores: All of its cells.
        resampled: Those with a score.
        common: Over which the average is.
    """
    own = {cell: score for cell, score in scores.items() if score.unscored is None}
    many = {cell for cell, score in own.items() if score.samples >= MIN_SAMPLES}
    counted = {cell: resampled[cell] for cell in common}
    return ScoreIntervals(
        cells={cell: _of_cell(variant, resampled[cell]) for cell in own if cell in many},
        tasks={
            task: _of_average(variant, [cells])
            for task, cells in _by_task({cell: resampled[cell] for cell in own}).items()
            if many.issuperset(cell.cell for cell in cells)
        },
        average=(
            _of_average(variant, list(_by_task(counted).values()))
            if counted and many.issuperset(counted)
            else None
        ),
    )


def _by_task(cells: Mapping[Cell, ResampledCell]) -> dict[str, list[ResampledCell]]:
    found: dict[str, list[ResampledCell]] = {}
    for cell, resampled in cells.items():
        found.setdefault(cell[0], []).append(resampled)
    return found


def _of_cell(variant: str, cell: ResampledCell) -> Interval:
    """Return Wilson's interval of a share of right samples, else the bootstrap's percentiles.

    Source: Wilson, JASA 22 (1927); Brown, Cai and DasGupta, "Interval estimation for a binomial
    proportion", Statistical Science 16 (2001): it holds with few samples and near 0 and 100, where
    resampling does not.
    """
    part = cell.parts[variant]
    if part.right_or_wrong:
        right, n = round(float(np.sum(part.numerators))), len(part.numerators)
        found = stats.binomtest(right, n).proportion_ci(CONFIDENCE, method="wilson")
        return Interval(100 * float(found.low), 100 * float(found.high), CONFIDENCE)
    return _percentiles(part.score, cell.drawn[variant], part.units)


def _of_average(variant: str, tasks: Sequence[Sequence[ResampledCell]]) -> Interval:
    """Return the interval of the mean over languages, then over tasks."""
    found = np.mean([np.mean([c.parts[variant].score for c in own]) for own in tasks])
    drawn = np.mean([np.mean([c.drawn[variant] for c in own], axis=0) for own in tasks], axis=0)
    return _percentiles(
        float(found), drawn, worth({c.cell: c.parts[variant].units for own in tasks for c in own})
    )


def _percentiles(found: float, drawn: Floats, samples: float) -> Interval:
    """Return the percentiles, as wide as Wilson's where a score is next to 0 or to 100."""
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = (float(end) for end in np.percentile(drawn, [tail, 100 - tail]))
    least = hold_least(found, Interval(low, high, CONFIDENCE), samples)
    most = hold_least(found - 100, Interval(low - 100, high - 100, CONFIDENCE), samples)
    low, high = min(least.low, most.low + 100), max(least.high, most.high + 100)
    return Interval(max(low, 0.0), min(high, 100.0), CONFIDENCE)
