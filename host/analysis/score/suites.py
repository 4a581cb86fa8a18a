"""Averages scores as XTREME and XTREME-R do, and says how much of the suite each average covers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from host.analysis.bundle import Cell
from host.analysis.score.averages import mean, overall
from host.analysis.score.scores import CellScore
from host.scoring.benchmark import SUITES, TASKS, TITLES, BenchmarkTask, SuiteName, tasks_of

_LEAST_SHARE = 0.9
"""Of the benchmark's smallest test set, which is known only about."""


@dataclass(frozen=True)
class SuiteTask:
    """One task of a suite in one variant.

    Attributes:
        score: The mean over the scored languages that the suite counts; None without any.
        languages: Those languages.
        unscored: Languages that were run and have no score.
        absent: Languages of the suite that were not part of the run.
        shortfalls: What keeps its scores from being over all of the benchmark's data: another
            split, subsets, smaller data (than the benchmark's smallest test set), smaller pools.
    """

    task: str
    score: float | None
    languages: tuple[str, ...]
    unscored: tuple[str, ...]
    absent: tuple[str, ...]
    shortfalls: tuple[str, ...]

    @property
    def planned(self) -> int:
        """How many languages the suite counts."""
        return len(self.languages) + len(self.unscored) + len(self.absent)


@dataclass(frozen=True)
class SuiteAverage:
    """One variant's average over a suite, or over what the run has of it.

    Attributes:
        score: The mean over the tasks that have one; None if none has.
        tasks: Every task of the suite, scored or not.
        languages: Different languages with a score in any task.
        planned_languages: As many in the suite.
    """

    suite: SuiteName
    score: float | None
    tasks: tuple[SuiteTask, ...]
    languages: int
    planned_languages: int

    @property
    def title(self) -> str:
        """The suite's name for people."""
        return TITLES[self.suite]

    @property
    def scored(self) -> tuple[SuiteTask, ...]:
        """The tasks with a score."""
        return tuple(task for task in self.tasks if task.score is not None)

    @property
    def complete(self) -> bool:
        """Whether every task and language of the suite is scored on the benchmark's own data."""
        return not any(task.unscored or task.absent or task.shortfalls for task in self.tasks)

    @property
    def coverage(self) -> str:
        """How much of the suite it is over, in one line; pairs are of task and language."""
        pairs = sum(len(task.languages) for task in self.tasks)
        planned = sum(task.planned for task in self.tasks)
        state = "complete" if self.complete else "partial"
        kinds = dict.fromkeys(kind for task in self.tasks for kind in task.shortfalls)
        over = f"; over {', '.join(kinds)}" if kinds else ""
        return (
            f"{state}: {len(self.scored)} of {len(self.tasks)} tasks, "
            f"{self.languages} of {self.planned_languages} languages, "
            f"{pairs} of {planned} pairs{over}"
        )

    @property
    def summary(self) -> str:
        """The same in few words, without the counts of pairs."""
        if self.complete:
            return f"complete: {len(self.tasks)} tasks"
        kinds = dict.fromkeys(kind for task in self.tasks for kind in task.shortfalls)
        over = f", {'/'.join(kinds)}" if kinds else ""
        return (
            f"partial: {len(self.scored)} of {len(self.tasks)} tasks, "
            f"{self.languages} of {self.planned_languages} languages{over}"
        )

    @property
    def limits(self) -> tuple[str, ...]:
        """What is missing and what is less than the benchmark's, a line each; none if complete."""
        return tuple(_limits(self.tasks))


def suite_averages(cells: Mapping[Cell, CellScore]) -> tuple[SuiteAverage, ...]:
    """Return the average of every suite over the cells that it counts."""
    return tuple(suite_average(cells, suite) for suite in SUITES)


def suite_average(cells: Mapping[Cell, CellScore], suite: SuiteName) -> SuiteAverage:
    """Return one suite's average: over languages, English included where listed, then over tasks.

    Args:
        cells: What was planned, scored or not; languages that the suite does not count stay out.
        suite: Which tasks and languages count.
    """
    planned = {task.name: task.languages(suite) for task in tasks_of(suite)}
    tasks = tuple(_task(cells, task, planned[task.name]) for task in tasks_of(suite))
    return SuiteAverage(
        suite=suite,
        score=overall(task.score for task in tasks),
        tasks=tasks,
        languages=len({language for task in tasks for language in task.languages}),
        planned_languages=len({language for own in planned.values() for language in own}),
    )


def is_smaller(cell: CellScore) -> bool:
    """Whether the data has fewer samples with gold than the benchmark's smallest test set."""
    least = next((task.size.least for task in TASKS if task.name == cell.task), 0)
    return cell.most < least * _LEAST_SHARE


def counted(suite: SuiteName) -> frozenset[Cell]:
    """Return every task and language of a suite."""
    return frozenset((t.name, language) for t in tasks_of(suite) for language in t.languages(suite))


def _task(
    cells: Mapping[Cell, CellScore], task: BenchmarkTask, languages: Sequence[str]
) -> SuiteTask:
    found = {lang: cells[task.name, lang] for lang in languages if (task.name, lang) in cells}
    scored = [cell for cell in found.values() if cell.score is not None]
    return SuiteTask(
        task=task.name,
        score=mean([cell.score for cell in scored if cell.score is not None]),
        languages=tuple(cell.language for cell in scored),
        unscored=tuple(lang for lang, cell in found.items() if cell.score is None),
        absent=tuple(lang for lang in languages if lang not in found),
        shortfalls=tuple(_shortfalls(scored)),
    )


def _shortfalls(cells: Collection[CellScore]) -> Iterator[str]:
    others = sorted({cell.split for cell in cells if cell.split != "test"})
    if others:
        yield f"split {', '.join(others)} in place of test"
    if any(cell.is_subset for cell in cells):
        yield "subsets"
    if any(is_smaller(cell) for cell in cells):
        yield "smaller data"
    if any(_smaller_pool(cell) for cell in cells):
        yield "smaller pools"


def _smaller_pool(cell: CellScore) -> bool:
    """Whether queries were looked up among less than the benchmark's candidates.

    BUCC's two sides belong together: with fewer pairs there are fewer sentences.
    """
    if cell.lookup is None:
        return False
    mining = cell.lookup.threshold is not None
    return not cell.lookup.comparable or (mining and is_smaller(cell))


def _limits(tasks: Sequence[SuiteTask]) -> Iterator[str]:
    absent = [
        task.task if task.planned == len(task.absent) else f"{task.task} {' '.join(task.absent)}"
        for task in tasks
        if task.absent
    ]
    unscored = [f"{task.task} {' '.join(task.unscored)}" for task in tasks if task.unscored]
    if absent:
        yield f"not part of the run: {', '.join(absent)}"
    if unscored:
        yield f"unscored: {', '.join(unscored)}"
    by_kind: dict[str, list[str]] = {}
    for task in tasks:
        for kind in task.shortfalls:
            by_kind.setdefault(kind, []).append(task.task)
    for kind, names in by_kind.items():
        yield f"over {kind}: {', '.join(names)}"
