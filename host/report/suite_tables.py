"""Lays out the suites' averages: a table a suite, tasks down, variants across."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from host.analysis.results import RunComparison
from host.analysis.score.differences import MIN_SAMPLES, SuiteDifference
from host.report import numbers


@dataclass(frozen=True)
class SuiteRow:
    """One task, or the average of all.

    Attributes:
        coverage: How many of the suite's languages have a score in some variant.
        scores: Per variant, the baseline first.
    """

    name: str
    coverage: str
    scores: tuple[str, ...]


@dataclass(frozen=True)
class SuiteNote:
    """What the averages of some variants, or of a difference, are over.

    Attributes:
        limits: What is missing or less than the benchmark's; none where the suite is complete.
    """

    names: str
    coverage: str
    limits: tuple[str, ...]


@dataclass(frozen=True)
class SuiteTable:
    """One suite.

    Attributes:
        differences: Per candidate: name, difference and interval over what both have.
        notes: Variants with the same coverage share one.
    """

    title: str
    complete: bool
    variants: tuple[str, ...]
    rows: tuple[SuiteRow, ...]
    average: SuiteRow
    differences: tuple[tuple[str, str, str], ...]
    notes: tuple[SuiteNote, ...]


def suite_tables(run: RunComparison) -> tuple[SuiteTable, ...]:
    """Return a table for every suite of which any variant has a score."""
    return tuple(_tables(run))


def _tables(run: RunComparison) -> Iterator[SuiteTable]:
    for index, first in enumerate(run.baseline.suites):
        averages = [variant.suites[index] for variant in run.variants]
        if all(average.score is None for average in averages):
            continue
        rows = []
        for number, task in enumerate(first.tasks):
            own = [average.tasks[number] for average in averages]
            most = max(len(one.languages) for one in own)
            coverage = f"{most} of {task.planned} languages"
            rows.append(SuiteRow(task.task, coverage, tuple(numbers.score(o.score) for o in own)))
        found = [
            (candidate.name, one)
            for candidate in run.candidates
            for one in candidate.accuracy.suites
            if one.over.suite == first.suite
        ]
        notes: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for variant, average in zip(run.variants, averages, strict=True):
            notes.setdefault((average.coverage, average.limits), []).append(variant.name)
        for name, one in found:
            # Said where the two have fewer cells in common than either has. What is left out
            # of a difference was run, and is named as unscored above.
            if all(
                len(one.over.tasks[i].languages) == len(t.languages)
                for average in averages
                for i, t in enumerate(average.tasks)
            ):
                continue
            words = (one.over.coverage, ("over what both have a score in",))
            notes.setdefault(words, []).append(f"difference of {name}")
        complete = all(average.complete for average in averages)
        scores = tuple(numbers.score(average.score) for average in averages)
        scored = max(len(average.scored) for average in averages)
        yield SuiteTable(
            title=first.title,
            complete=complete,
            variants=tuple(variant.name for variant in run.variants),
            rows=tuple(rows),
            average=SuiteRow("average", f"{scored} of {len(first.tasks)} tasks", scores),
            differences=tuple(
                (name, numbers.points(one.difference), _interval(one)) for name, one in found
            ),
            notes=tuple(
                SuiteNote(", ".join(names) if len(notes) > 1 else "", coverage, limits)
                for (coverage, limits), names in notes.items()
            ),
        )


def _interval(difference: SuiteDifference) -> str:
    """Return the interval, and what has too few samples to be in it."""
    if difference.interval is None:
        return f"none: fewer than {MIN_SAMPLES} samples in every task and language"
    text = numbers.points_interval(difference.interval)
    if not difference.few:
        return text
    by_task: dict[str, list[str]] = {}
    for task, language in difference.few:
        by_task.setdefault(task, []).append(language)
    left_out = ", ".join(f"{task} {' '.join(languages)}" for task, languages in by_task.items())
    return f"{text}; without {left_out}: fewer than {MIN_SAMPLES} samples"
