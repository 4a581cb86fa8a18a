"""Puts what a benchmark folder holds into words and plain values: `host data check`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path

from host.data.check import Finding
from host.data.counts import Counts
from host.data.official import SMALLER, Extent, extent

_SHOWN = 12
"""Digits of a digest, enough to compare by eye."""


@dataclass(frozen=True)
class TaskData:
    """What the folder has of one task.

    Attributes:
        there: Languages with samples.
        absent: Languages without a file, or with one that does not read.
        pool: The candidates that no language has to itself; None for a task without such.
    """

    task: str
    there: tuple[Finding, ...]
    absent: tuple[Finding, ...]
    pool: Finding | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of it, the pool last."""
        return (*self.there, *self.absent, *([self.pool] if self.pool else []))

    @property
    def is_usable(self) -> bool:
        """Whether a study can run the task in any language."""
        return bool(self.there) and (self.pool is None or self.pool.counts is not None)

    @property
    def counts(self) -> Counts:
        """All languages and the pool together."""
        return sum((found.counts for found in self.findings if found.counts), Counts())

    @property
    def extent(self) -> Extent | None:
        """How its test set compares with the benchmark's; None without any language."""
        return extent(
            self.task,
            [found.counts for found in self.there if found.counts],
            self.pool.counts if self.pool else None,
            has_all=not self.absent,
        )

    @property
    def digest(self) -> str | None:
        """Digest over the digests of all languages and the pool; None without any."""
        lines = [f"{f.language} {f.inputs} {f.gold}\n" for f in self.findings if f.inputs]
        return hashlib.sha256("".join(lines).encode()).hexdigest() if lines else None


def by_task(findings: Sequence[Finding]) -> list[TaskData]:
    """Gather the findings, which stand in the order of the tasks."""
    gathered = []
    for task, group in groupby(findings, key=lambda found: found.task):
        own = list(group)
        languages = [found for found in own if not found.is_pool]
        there = tuple(found for found in languages if found.counts)
        absent = tuple(found for found in languages if not found.counts)
        pool = next((found for found in own if found.is_pool), None)
        gathered.append(TaskData(task, there, absent, pool))
    return gathered


def check_json(root: Path, tasks: Sequence[TaskData]) -> dict[str, object]:
    """Return plain values for `host data check --json`."""
    return {
        "data": str(root.absolute()),
        "usable": any(task.is_usable for task in tasks),
        "tasks": {task.task: _task_json(task) for task in tasks},
    }


def _task_json(task: TaskData) -> dict[str, object]:
    compared = task.extent
    return {
        **_counts_json(task.counts),
        "digest": task.digest,
        "benchmark": compared.to_json() if compared else None,
        "languages": {found.language: _found_json(found) for found in task.there},
        "pool": _found_json(task.pool) if task.pool and task.pool.counts else None,
        "missing": {
            found.language: {
                "problem": found.problem,
                "remedy": found.remedy,
                "has_dev": found.has_dev,
            }
            for found in task.findings
            if not found.counts
        },
    }


def _found_json(found: Finding) -> dict[str, object]:
    counts = _counts_json(found.counts or Counts())
    return {
        **counts,
        "gold_outside_pool": found.lost,
        "inputs_digest": found.inputs,
        "gold_digest": found.gold,
    }


def _counts_json(counts: Counts) -> dict[str, object]:
    return {
        "samples": counts.samples,
        "queries": counts.queries,
        "with_gold": counts.with_gold,
        "candidates": counts.candidates,
        "tuning": counts.tuning,
    }


def check_text(tasks: Sequence[TaskData]) -> str:
    """Return a line a task, then what is missing or broken and what to do about it."""
    parts = (_table, _without_gold, _partial_gold, _lost_gold, _smaller, _missing, _dev, _broken)
    return "\n".join(chain.from_iterable(part(tasks) for part in parts))


def _table(tasks: Sequence[TaskData]) -> Iterator[str]:
    yield (
        f"{'task':<10}{'languages':>10}{'queries':>10}{'with gold':>11}{'candidates':>12}"
        f"{'tuning':>8}  digest"
    )
    for task in tasks:
        languages = f"{len(task.there)} of {len(task.there) + len(task.absent)}"
        counts = task.counts
        digest = (task.digest or "-")[:_SHOWN]
        yield (
            f"{task.task:<10}{languages:>10}{counts.queries:>10}{counts.with_gold:>11}"
            f"{counts.candidates:>12}{counts.tuning:>8}  {digest}"
        )


def _without_gold(tasks: Sequence[TaskData]) -> Iterator[str]:
    rows = [
        (task.task, [f.language for f in task.there if f.counts and not f.counts.with_gold])
        for task in tasks
    ]
    yield from _rows("without gold (it goes into labels/<task>/), so unscored", rows)


def _partial_gold(tasks: Sequence[TaskData]) -> Iterator[str]:
    yield from _lines(
        "gold for some queries only: the others are run and unscored",
        [
            f"{f.task} {f.language}: {f.counts.with_gold} of {f.counts.queries} with gold"
            for task in tasks
            for f in task.there
            if f.counts and 0 < f.counts.with_gold < f.counts.queries
        ],
    )


def _lost_gold(tasks: Sequence[TaskData]) -> Iterator[str]:
    yield from _lines(
        "gold that is not among the candidates, so unscored",
        [
            f"{f.task} {f.language}: {f.lost} of {f.counts.with_gold} queries with gold"
            for task in tasks
            for f in task.there
            if f.counts and f.lost
        ],
    )


def _smaller(tasks: Sequence[TaskData]) -> Iterator[str]:
    found = [task.extent for task in tasks]
    yield from _lines(SMALLER, [f"{one.task:<9} {one}" for one in found if one and one.is_smaller])


def _dev(tasks: Sequence[TaskData]) -> Iterator[str]:
    title = "only the development set is there; `split: dev` takes it, for the whole study"
    rows = [(task.task, [f.language for f in task.absent if f.has_dev]) for task in tasks]
    yield from _rows(title, rows)


def _missing(tasks: Sequence[TaskData]) -> Iterator[str]:
    """Name a remedy once, with the tasks that it helps."""
    by_remedy: dict[str, list[tuple[str, list[str]]]] = {}
    for task in tasks:
        missing = [found for found in task.findings if found.is_missing]
        if missing:
            languages = ["the candidates" if f.is_pool else f.language for f in missing]
            by_remedy.setdefault(str(missing[0].remedy), []).append((task.task, languages))
    for remedy, rows in by_remedy.items():
        yield from _rows(f"missing: {remedy}", rows)


def _broken(tasks: Sequence[TaskData]) -> Iterator[str]:
    found = [f for task in tasks for f in task.findings if f.problem and not f.is_missing]
    if found:
        yield "\nbroken"
    for one in found:
        yield f"  {one.task} {one.language}: {one.problem}\n    remedy: {one.remedy}"


def _lines(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"\n{title}"
    for line in lines:
        yield f"  {line}"


def _rows(title: str, rows: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    if any(languages for _, languages in rows):
        yield f"\n{title}"
    for task, languages in rows:
        if languages:
            yield f"  {task:<9} {' '.join(languages)}"
