"""Puts what a benchmark folder holds into words and plain values: `host data check`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path

from host.data.check import Finding

_SHOWN = 12
"""Digits of a digest, enough to compare by eye."""


@dataclass(frozen=True)
class TaskData:
    """What the folder has of one task.

    Attributes:
        there: Languages with samples.
        absent: Languages without a file, or with one that does not read.
    """

    task: str
    there: tuple[Finding, ...]
    absent: tuple[Finding, ...]

    @property
    def samples(self) -> int:
        """Samples of all languages, retrieval's candidates included."""
        return sum(found.samples or 0 for found in self.there)

    @property
    def with_gold(self) -> int:
        """How many of them have gold."""
        return sum(found.with_gold or 0 for found in self.there)

    @property
    def digest(self) -> str | None:
        """Digest over the digests of all languages; None without any."""
        if not self.there:
            return None
        lines = (f"{found.language} {found.inputs} {found.gold}\n" for found in self.there)
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def by_task(findings: Sequence[Finding]) -> list[TaskData]:
    """Gather the findings, which stand in the order of the tasks."""
    gathered = []
    for task, group in groupby(findings, key=lambda found: found.task):
        own = list(group)
        there = tuple(found for found in own if found.problem is None)
        absent = tuple(found for found in own if found.problem is not None)
        gathered.append(TaskData(task, there, absent))
    return gathered


def check_json(root: Path, tasks: Sequence[TaskData]) -> dict[str, object]:
    """Return plain values for `host data check --json`."""
    return {
        "data": str(root.absolute()),
        "usable": any(task.there for task in tasks),
        "tasks": {
            task.task: {
                "samples": task.samples,
                "with_gold": task.with_gold,
                "digest": task.digest,
                "languages": {
                    found.language: {
                        "samples": found.samples,
                        "with_gold": found.with_gold,
                        "inputs_digest": found.inputs,
                        "gold_digest": found.gold,
                    }
                    for found in task.there
                },
                "missing": {
                    found.language: {"problem": found.problem, "remedy": found.remedy}
                    for found in task.absent
                },
            }
            for task in tasks
        },
    }


def check_text(tasks: Sequence[TaskData]) -> str:
    """Return a line a task, then what is missing or broken and what to do about it."""
    return "\n".join(chain(_table(tasks), _without_gold(tasks), _missing(tasks), _broken(tasks)))


def _table(tasks: Sequence[TaskData]) -> Iterator[str]:
    yield f"{'task':<10}{'languages':>10}{'samples':>10}{'with gold':>11}  digest"
    for task in tasks:
        languages = f"{len(task.there)} of {len(task.there) + len(task.absent)}"
        digest = (task.digest or "-")[:_SHOWN]
        yield f"{task.task:<10}{languages:>10}{task.samples:>10}{task.with_gold:>11}  {digest}"


def _without_gold(tasks: Sequence[TaskData]) -> Iterator[str]:
    rows = [(task.task, [f.language for f in task.there if not f.with_gold]) for task in tasks]
    yield from _rows("without gold (it goes into labels/<task>/), so unscored", rows)


def _missing(tasks: Sequence[TaskData]) -> Iterator[str]:
    rows = [(task.task, [f.language for f in task.absent if f.is_missing]) for task in tasks]
    remedy = next((f.remedy for task in tasks for f in task.absent if f.is_missing), None)
    yield from _rows(f"missing: {remedy}", rows)


def _broken(tasks: Sequence[TaskData]) -> Iterator[str]:
    found = [f for task in tasks for f in task.absent if not f.is_missing]
    if found:
        yield "\nbroken"
    for one in found:
        yield f"  {one.task} {one.language}: {one.problem}\n    remedy: {one.remedy}"


def _rows(title: str, rows: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    if any(languages for _, languages in rows):
        yield f"\n{title}"
    for task, languages in rows:
        if languages:
            yield f"  {task:<9} {' '.join(languages)}"
