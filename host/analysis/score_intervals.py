"""How far a variant's own scores would move with other samples of the same kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from device_agent.measure.decision import Interval
from host.analysis.accuracy import CONFIDENCE, percentile_interval
from host.analysis.bundle import Cell
from host.analysis.contributions import Contributions
from host.analysis.differences import MIN_SAMPLES
from host.analysis.resampling import ResampledCell
from host.analysis.rounds import Floats
from host.analysis.scores import CellScore


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
    by_task: dict[str, list[Cell]] = {}
    for cell in own:
        by_task.setdefault(cell[0], []).append(cell)
    drawn = {cell: resampled[cell].drawn[variant] for cell in own}
    averaged: dict[str, list[Floats]] = {}
    for cell in common:
        averaged.setdefault(cell[0], []).append(drawn[cell])
    return ScoreIntervals(
        cells={
            cell: _of_cell(resampled[cell].parts[variant], drawn[cell], own[cell].samples)
            for cell in own
            if cell in many
        },
        tasks={
            task: _percentiles(
                _mean([drawn[cell] for cell in cells]), min(own[cell].samples for cell in cells)
            )
            for task, cells in by_task.items()
            if many.issuperset(cells)
        },
        average=(
            _percentiles(
                _mean([_mean(draws) for draws in averaged.values()]),
                min(own[cell].samples for cell in common),
            )
            if averaged and many.issuperset(common)
            else None
        ),
    )


def _of_cell(part: Contributions, drawn: Floats, samples: int) -> Interval:
    """Return Wilson's interval of a share of right samples, else the bootstrap's percentiles.

    Source: Wilson, JASA 22 (1927); Brown, Cai and DasGupta, "Interval estimation for a binomial
    proportion", Statistical Science 16 (2001): it holds with few samples and near 0 and 100, where
    resampling does not.
    """
    if part.right_or_wrong:
        right, n = round(float(np.sum(part.numerators))), len(part.numerators)
        found = stats.binomtest(right, n).proportion_ci(CONFIDENCE, method="wilson")
        return Interval(100 * float(found.low), 100 * float(found.high), CONFIDENCE)
    return _percentiles(drawn, samples)


def _mean(draws: Sequence[Floats]) -> Floats:
    mean: Floats = np.mean(draws, axis=0)
    return mean


def _percentiles(drawn: Floats, samples: int) -> Interval:
    found = percentile_interval(drawn, samples)
    return Interval(max(found.low, 0.0), min(found.high, 100.0), CONFIDENCE)
