"""Scores by task: the baseline's, and each candidate's difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from host.analysis.results import CandidateComparison, RunComparison
from host.analysis.score.differences import TaskDifference
from host.report.latex.table import LatexTable, label_of
from host.report.latex.text import escape, points, points_interval, score
from host.report.sizes import sample_range

_CANDIDATES = 3
"""Side by side in one table, on a page of usual width."""


def task_tables(run: RunComparison) -> Iterator[LatexTable]:
    """Yield the tables; several where there are many candidates."""
    own = [c for c in run.candidates if c.accuracy.tasks]
    for number, start in enumerate(range(0, len(own), _CANDIDATES), 1):
        yield _table(run, own[start : start + _CANDIDATES], number)


def _table(
    run: RunComparison, candidates: Sequence[CandidateComparison], number: int
) -> LatexTable:
    by_task = [{t.task: t for t in c.accuracy.tasks} for c in candidates]
    tasks = [t for t in run.baseline.tasks if any(t.task in found for found in by_task)]
    rows = []
    for task in tasks:
        cells = [c for c in run.baseline.cells.values() if c.task == task.task]
        differences = [found.get(task.task) for found in by_task]
        rows.append(
            [
                escape(task.task),
                str(len(task.languages)),
                escape(sample_range(cells)),
                score(task.score),
                *(_difference(found) for found in differences),
            ]
        )
    names = ", ".join(c.name for c in candidates)
    caption = (
        f"Zero-shot scores by task: {run.baseline.name}, and the difference of {names} to it in "
        "points, with 95 % intervals (paired bootstrap, translations of a row together). n: "
        "samples per language. No interval: a language has too few samples."
    )
    return LatexTable(
        label=label_of(run.bundle.spec.run_id, "tasks", str(number)),
        caption=escape(caption),
        columns="lrrr" + "r" * len(candidates),
        head=["task", "languages", "n", escape(run.baseline.name)]
        + [escape(c.name) for c in candidates],
        rows=rows,
        small=True,
    )


def _difference(found: TaskDifference | None) -> str:
    if found is None:
        return "--"
    return points(found.difference) + points_interval(found.interval)
