"""Reads the scores of a bundle per variant, task and language, and averages them as XTREME does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from device_agent.contract.events import Ranked, Scored
from device_agent.contract.runspec import Dataset
from host.analysis.bundle import Bundle, Cell
from host.analysis.score.averages import cell_score, mean, overall, score_name
from host.analysis.score.pools import Lookup, lookup_of

FEW_SAMPLES = 10
"""With fewer, one sample moves a score by more than ten points: tables mark it."""


@dataclass(frozen=True)
class CellScore:
    """One variant's score of one task in one language.

    Attributes:
        split: Which split of the data it is over.
        samples: Queries with gold, which the score is over; of BUCC, those with a partner.
        queries: Queries that were run, with gold or not.
        available: As many before any limit; more than `queries` means a subset.
        metrics: Official metric names, in percent; empty when unscored.
        metric: What `score` is, in words; None when unscored.
        score: What averages take, in percent: the primary metric, for QA (EM + F1) / 2.
        unscored: Why there is no score; None where there is one.
        lookup: What retrieval looked among; None for other tasks, and before it ranked.
    """

    task: str
    language: str
    split: str
    samples: int
    queries: int
    available: int
    metrics: Mapping[str, float]
    metric: str | None
    score: float | None
    unscored: str | None
    lookup: Lookup | None

    @property
    def is_subset(self) -> bool:
        """Whether queries were left out."""
        return self.queries < self.available

    @property
    def most(self) -> int:
        """How many samples with gold the data has; of a subset, how many at most."""
        return self.available - (self.queries - self.samples)

    @property
    def is_few(self) -> bool:
        """Whether there is a score, of so few samples that it says next to nothing."""
        return self.score is not None and self.samples < FEW_SAMPLES


@dataclass(frozen=True)
class TaskScore:
    """One variant's average of one task over its scored languages."""

    task: str
    score: float | None
    languages: tuple[str, ...]
    unscored: tuple[str, ...]


def cell_scores(bundle: Bundle, variant: str) -> dict[Cell, CellScore]:
    """Return the variant's score of every planned task and language, unscored ones included.

    A dataset without a query, which only holds candidates, is no language and has no score.
    """
    if "accuracy" not in bundle.spec.modes:
        return {}
    scored = {(s.task, s.language): s for s in bundle.bodies(Scored) if s.variant == variant}
    ranked = {(r.task, r.language): r for r in bundle.bodies(Ranked) if r.variant == variant}
    found = {}
    for dataset in bundle.spec.datasets:
        if dataset.queries:
            cell = (dataset.task, dataset.language)
            looked = ranked.get(cell)
            lookup = lookup_of(dataset, looked, bundle.spec.datasets) if looked else None
            # What a threshold is fitted on has gold as well, and is not scored.
            gold = {
                key: value
                for key, value in bundle.gold.get(cell, {}).items()
                if looked is None or key in looked.rankings
            }
            samples = sum(value != () for value in gold.values())
            found[cell] = _cell(dataset, samples, scored.get(cell), lookup, bundle.manifest.state)
    return found


def _cell(
    dataset: Dataset, samples: int, scored: Scored | None, lookup: Lookup | None, state: str
) -> CellScore:
    value = metric = None
    if scored is None:
        unscored: str | None = f"the run is {state} without it"
    else:
        unscored = scored.unscored
        if unscored is None:
            value = cell_score(scored.metrics, scored.primary)
            metric = score_name(scored.metrics, scored.primary)
    return CellScore(
        task=dataset.task,
        language=dataset.language,
        split=dataset.split,
        samples=samples,
        queries=dataset.queries,
        available=dataset.available,
        metrics=scored.metrics if scored else {},
        metric=metric,
        score=value,
        unscored=unscored,
        lookup=lookup,
    )


def task_scores(cells: Iterable[CellScore]) -> tuple[TaskScore, ...]:
    """Return the unweighted mean over languages of every task, in the order of the cells."""
    by_task: dict[str, list[CellScore]] = {}
    for cell in cells:
        by_task.setdefault(cell.task, []).append(cell)
    return tuple(
        TaskScore(
            task=task,
            score=mean([cell.score for cell in group if cell.score is not None]),
            languages=tuple(cell.language for cell in group if cell.score is not None),
            unscored=tuple(cell.language for cell in group if cell.score is None),
        )
        for task, group in by_task.items()
    )


def average(tasks: Iterable[TaskScore]) -> float | None:
    """Return the unweighted mean over the tasks that have a score; None if none has."""
    return overall(task.score for task in tasks)
