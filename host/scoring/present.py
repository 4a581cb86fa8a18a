"""Puts a suite's scores into words for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from host.scoring.benchmark import TITLES
from host.scoring.result import Incomplete, Note, SuiteResult, TaskResult, Unscored

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
        yield from _task(task, incomplete=any(i.task == task.name for i in result.incomplete))
    yield ""
    yield _overall(result)
    if result.incomplete:
        yield ""
        yield "incomplete: without a prediction, and counted 0 as by the official script"
        for place, counts in _grouped(result.incomplete):
            yield f"  {place}: {counts}"
    if result.unscored:
        yield ""
        yield "unscored"
        for place, reason in _grouped(result.unscored):
            yield f"  {place}: {reason}"


def _task(task: TaskResult, *, incomplete: bool) -> Iterator[str]:
    counted = f"{len(task.per_language)} of {task.languages} languages"
    counted += "; incomplete" if incomplete else ""
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
    partial = any(len(task.per_language) < task.languages for task in result.tasks)
    incomplete = partial or len(result.tasks) < result.planned or result.incomplete
    caveat = "; incomplete, so not comparable with published scores" if incomplete else ""
    return f"{'overall':<14}{result.overall:>7.2f}  {tasks}{caveat}"


def _grouped(
    found: Sequence[Unscored] | Sequence[Note] | Sequence[Incomplete],
) -> Iterator[tuple[str, str]]:
    """Yield where and what, neighbours of one task with the same words together."""
    for (task, text), group in groupby(found, key=_words):
        yield f"{task} {' '.join(one.language for one in group)}", text


def _words(one: Unscored | Note | Incomplete) -> tuple[str, str]:
    if isinstance(one, Incomplete):
        return one.task, f"{one.missing} of {one.of}"
    if isinstance(one, Note):
        text = one.text
    else:
        text = one.reason + (f"\n    remedy: {one.remedy}" if one.remedy else "")
    # What differs by nothing but the language's own name is the same.
    return one.task, text.replace(f"test-{one.language}.", "test-*.")
