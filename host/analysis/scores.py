"""Reads the scores of a bundle per variant, task and language, and averages them as XTREME does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from device_agent.contract.events import Scored
from device_agent.contract.runspec import Dataset
from host.analysis.bundle import Bundle, Cell


@dataclass(frozen=True)
class CellScore:
    """One variant's score of one task in one language.

    Attributes:
        samples: Samples that the score is over; fewer than `available` means a subset.
        metrics: Official metric names, in percent; empty when unscored.
        metric: What `score` is, in words; None when unscored.
        score: What averages take, in percent: the primary metric, for QA (EM + F1) / 2.
        unscored: Why there is no score; None where there is one.
    """

    task: str
    language: str
    samples: int
    available: int
    metrics: Mapping[str, float]
    metric: str | None
    score: float | None
    unscored: str | None


@dataclass(frozen=True)
class TaskScore:
    """One variant's average of one task over its scored languages."""

    task: str
    score: float | None
    languages: tuple[str, ...]
    unscored: tuple[str, ...]


def cell_score(metrics: Mapping[str, float], primary: str) -> float:
    """Return what a task's average takes of one language.

    Source: XTREME's `evaluate.py`, where question answering is (mean EM + mean F1) / 2; the mean
    over languages of the two halves is the same number.
    """
    if _is_answering(metrics):
        return (metrics["exact_match"] + metrics["f1"]) / 2
    return metrics[primary]


def _is_answering(metrics: Mapping[str, float]) -> bool:
    return {"exact_match", "f1"} <= metrics.keys()


def cell_scores(bundle: Bundle, variant: str) -> dict[Cell, CellScore]:
    """Return the variant's score of every planned task and language, unscored ones included."""
    scored = {(s.task, s.language): s for s in bundle.bodies(Scored) if s.variant == variant}
    if "accuracy" not in bundle.spec.modes:
        return {}
    return {
        (d.task, d.language): _cell(d, scored.get((d.task, d.language)), bundle.manifest.state)
        for d in bundle.spec.datasets
    }


def _cell(dataset: Dataset, scored: Scored | None, state: str) -> CellScore:
    value = metric = None
    if scored is None:
        unscored: str | None = f"the run is {state} without it"
    else:
        unscored = scored.unscored
        if unscored is None:
            value = cell_score(scored.metrics, scored.primary)
            metric = "(EM + F1) / 2" if _is_answering(scored.metrics) else scored.primary
    return CellScore(
        task=dataset.task,
        language=dataset.language,
        samples=dataset.queries,
        available=dataset.available,
        metrics=scored.metrics if scored else {},
        metric=metric,
        score=value,
        unscored=unscored,
    )


def task_scores(cells: Iterable[CellScore]) -> tuple[TaskScore, ...]:
    """Return the unweighted mean over languages of every task, in the order of the cells."""
    by_task: dict[str, list[CellScore]] = {}
    for cell in cells:
        by_task.setdefault(cell.task, []).append(cell)
    return tuple(
        TaskScore(
            task=task,
            score=_mean([cell.score for cell in group if cell.score is not None]),
            languages=tuple(cell.language for cell in group if cell.score is not None),
            unscored=tuple(cell.language for cell in group if cell.score is None),
        )
        for task, group in by_task.items()
    )


def average(tasks: Iterable[TaskScore]) -> float | None:
    """Return the unweighted mean over the tasks that have a score; None if none has."""
    return _mean([task.score for task in tasks if task.score is not None])


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
