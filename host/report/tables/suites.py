"""A row per variant, suite and task, then the suite's average, whose task is absent."""

from __future__ import annotations

from collections.abc import Iterator

from host.analysis.results import RunComparison
from host.analysis.score.differences import SuiteDifference, TaskDifference
from host.report.tables.table import Row, Table, interval_columns, interval_values


def _rows(run: RunComparison) -> Iterator[Row]:
    differences = {
        (candidate.name, one.over.suite): one
        for candidate in run.candidates
        for one in candidate.accuracy.suites
    }
    for variant in run.variants:
        for average in variant.suites if variant.cells else ():
            found = differences.get((variant.name, average.suite))
            head = {"variant": variant.name, "suite": average.suite}
            by_task = {d.task: d for d in found.tasks} if found else {}
            for task in average.tasks:
                yield head | {
                    "task": task.task,
                    "score": task.score,
                    "languages": len(task.languages),
                    "planned_languages": task.planned,
                    "complete": not (task.unscored or task.absent or task.shortfalls),
                    "limits": "; ".join(task.shortfalls) or None,
                    **_difference(by_task.get(task.task)),
                }
            yield head | {
                "task": None,
                "score": average.score,
                "languages": average.languages,
                "planned_languages": average.planned_languages,
                "complete": average.complete,
                "limits": "; ".join((average.coverage, *average.limits)),
                **_difference(found),
            }


def _difference(found: SuiteDifference | TaskDifference | None) -> Row:
    return {
        "difference": found.difference if found else None,
        **interval_values("difference", found.interval if found else None),
    }


SUITES = Table(
    "suites",
    {
        "variant": str,
        "suite": str,
        "task": str,
        "score": float,
        "languages": int,
        "planned_languages": int,
        "complete": bool,
        "limits": str,
        "difference": float,
        **interval_columns("difference"),
    },
    _rows,
)
