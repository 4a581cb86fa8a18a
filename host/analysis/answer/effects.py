"""Estimates contrasts from a bundle: in log time over rounds, in points of score over samples."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np

from device_agent.contract.events import RoundDone
from host.analysis.answer.contrasts import Contrast
from host.analysis.answer.crossed import Crossed, over_rounds, over_samples
from host.analysis.bundle import Bundle, Cell
from host.analysis.score.assay import above_guessing
from host.analysis.score.averages import mean, overall
from host.analysis.score.differences import MIN_SAMPLES
from host.analysis.score.few_samples import worth
from host.analysis.score.resampling import Predictions, ResampledCell, resample
from host.analysis.score.scores import CellScore, cell_scores
from host.analysis.timing.rounds import Floats, log_ratios


def latency_effect(contrast: Contrast, rounds: Sequence[RoundDone]) -> Crossed | None:
    """Return the contrast in log time; None with fewer than two valid rounds.

    Args:
        contrast: What is wanted.
        rounds: Valid ones.
    """
    if len(rounds) < 2:
        return None
    values = [
        np.sum(
            [p.weight * log_ratios(rounds, p.candidate, p.reference) for p in pairs],
            axis=0,
        )
        for pairs in contrast.units.values()
    ]
    return over_rounds(np.array(values, dtype=np.float64))


class Scores:
    """The scores of all variants, resampled together.

    Args:
        bundle: Has gold and spec.
        predictions: By variant, task and language.
        variants: Those that the design names.
        seed: Of the draws.
        resamples: How many.
    """

    def __init__(
        self,
        bundle: Bundle,
        predictions: Predictions,
        variants: Sequence[str],
        *,
        seed: int,
        resamples: int,
    ) -> None:
        self._bundle = bundle
        self._predictions = predictions
        self._variants = list(dict.fromkeys(variants))
        self._seed = seed
        self._resamples = resamples

    @cached_property
    def unscored(self) -> dict[Cell, str]:
        """Return the cells that are left out, and why."""
        return {cell: reason for cell, reason in self._reasons.items() if reason}

    @cached_property
    def cells(self) -> tuple[ResampledCell, ...]:
        """Return the cells that count: every variant has a score there, over enough samples."""
        found = resample(
            self._bundle,
            self._predictions,
            self._scores,
            seed=self._seed,
            resamples=self._resamples,
        )
        return tuple(found[cell] for cell, reason in self._reasons.items() if not reason)

    @cached_property
    def guessed(self) -> dict[str, float]:
        """Return what guessing scores in each task that counts: the mean over its languages."""
        return {
            task: float(np.mean([cell.guessed for cell in own]))
            for task, own in _by_task(self.cells).items()
        }

    def effect(
        self, contrast: Contrast, cells: Iterable[ResampledCell] | None = None
    ) -> Crossed | None:
        """Return the contrast in points: over languages, then over tasks; None without a cell."""
        own = list(self.cells if cells is None else cells)
        by_task = _by_task(own)
        if not own:
            return None
        effects = np.array(
            [
                sum(p.weight * self._difference(p.candidate, p.reference, by_task) for p in pairs)
                for pairs in contrast.units.values()
            ]
        )
        resampled = np.array(
            [
                np.sum(
                    [p.weight * self._drawn(p.candidate, p.reference, by_task) for p in pairs],
                    axis=0,
                )
                for pairs in contrast.units.values()
            ]
        )
        return over_samples(
            effects,
            resampled,
            sum(cell.samples for cell in own),
            worth({cell.cell: cell.units for cell in own}),
            max(math.hypot(*(pair.weight for pair in pairs)) for pairs in contrast.units.values()),
        )

    def average(self, variant: str) -> float | None:
        """Return a variant's mean over languages, then over tasks."""
        by_task: dict[str, list[float]] = {}
        for cell in self.cells:
            by_task.setdefault(cell.cell[0], []).append(cell.parts[variant].score)
        return overall(mean(values) for values in by_task.values())

    def task_mean(self, variants: Sequence[str], task: str) -> tuple[float, bool]:
        """Return the variants' mean score over a task's languages, and whether it was learned."""
        own = [cell for cell in self.cells if cell.cell[0] == task]
        value = float(np.mean([[c.parts[name].score for c in own] for name in variants]))
        return value, above_guessing(own, variants)

    @staticmethod
    def _difference(
        candidate: str, reference: str, by_task: Mapping[str, Sequence[ResampledCell]]
    ) -> float:
        return float(
            np.mean(
                [
                    np.mean([c.parts[candidate].score - c.parts[reference].score for c in own])
                    for own in by_task.values()
                ]
            )
        )

    @staticmethod
    def _drawn(
        candidate: str, reference: str, by_task: Mapping[str, Sequence[ResampledCell]]
    ) -> Floats:
        drawn: Floats = np.mean(
            [
                np.mean([c.drawn[candidate] - c.drawn[reference] for c in own], axis=0)
                for own in by_task.values()
            ],
            axis=0,
        )
        return drawn

    @cached_property
    def _scores(self) -> dict[str, dict[Cell, CellScore]]:
        return {name: cell_scores(self._bundle, name) for name in self._variants}

    @cached_property
    def _reasons(self) -> dict[Cell, str | None]:
        """Say of each planned cell why it does not count; None where it does."""
        found: dict[Cell, str | None] = {}
        for scores in self._scores.values():
            for cell, score in scores.items():
                reason = score.unscored
                if reason is None and score.samples < MIN_SAMPLES:
                    reason = f"too few samples ({score.samples})"
                found[cell] = found.get(cell) or reason
        return found


def _by_task(cells: Iterable[ResampledCell]) -> dict[str, list[ResampledCell]]:
    found: dict[str, list[ResampledCell]] = {}
    for cell in cells:
        found.setdefault(cell.cell[0], []).append(cell)
    return found
