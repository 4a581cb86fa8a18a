"""Puts a suite's scores into words for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from host.scoring.benchmark import TITLES
from host.scoring.result import Note, SuiteResult, TaskResult, Unscored

_IN_A_LINE = 7


def present(result: SuiteResult) -> str:
    """Return every score with two digits, as the official script, then what is unscored."""
    return "\n".join(_lines(result))


def present_notes(result: SuiteResult) -> list[str]:
    """Return a line per note; languages with the same one share it."""
    return [f"{place}: {text}" for place, text in _grouped(result.notes)]


def _lines(result: SuiteResult) -> Iterator[str]:
    yield f"{TITLES[result.suite]}, in percent"
    for task in result.tasks:
        yield ""
        yield from _task(task)
    yield ""
    yield _overall(result)
    if result.unscored:
        yield ""
        yield "unscored"
        for place, reason in _grouped(result.unscored):
            yield f"  {place}: {reason}"


def _task(task: TaskResult) -> Iterator[str]:
    counted = f"{len(task.per_language)} of {task.languages} languages"
    yield f"{task.name:<14}{task.average_metric:>7.2f}  {counted}"
    for metric, mean in task.average.items():
        cells = [f"{lang} {found[metric]:>6.2f}" for lang, found in task.per_language.items()]
        for start in range(0, len(cells), _IN_A_LINE):
            head = f"  {metric:<12}{mean:>7.2f}" if start == 0 else " " * 21
            yield f"{head}  {'  '.join(cells[start : start + _IN_A_LINE])}"


def _overall(result: SuiteResult) -> str:
    tasks = f"{len(result.tasks)} of {result.planned} tasks"
    if result.overall is None:
        return f"overall       unscored  {tasks}"
    partial = [task for task in result.tasks if len(task.per_language) < task.languages]
    incomplete = len(partial) + result.planned - len(result.tasks)
    caveat = "; incomplete, so not comparable with published scores" if incomplete else ""
    return f"{'overall':<14}{result.overall:>7.2f}  {tasks}{caveat}"


def _grouped(found: tuple[Unscored, ...] | tuple[Note, ...]) -> Iterator[tuple[str, str]]:
    """Yield where and what, neighbours of one task with the same words together."""

    def words(one: Unscored | Note) -> tuple[str, str]:
        text = one.reason if isinstance(one, Unscored) else one.text
        # What differs by nothing but the language's own name is the same.
        return one.task, text.replace(f"test-{one.language}.", "test-*.")

    for (task, text), group in groupby(found, key=words):
        yield f"{task} {' '.join(one.language for one in group)}", text
