"""Puts the benchmark's tasks into words and plain values: `host tasks`."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from host.scoring.benchmark import SUITES, TASKS, TITLES, BenchmarkTask, Size

_WIDTH = 100


def catalogue_json() -> dict[str, object]:
    """Return plain values for `host tasks --json`."""
    return {
        "tasks": {
            task.name: {
                "title": task.title,
                "head": task.head,
                "metrics": list(task.metrics),
                "primary": task.primary,
                "languages": {suite: list(task.languages(suite)) for suite in SUITES},
                "source": task.source,
                "examples_per_language": {
                    "least": task.size.least,
                    "most": task.size.most,
                    "unit": task.size.unit,
                },
            }
            for task in TASKS
        }
    }


def catalogue_text() -> str:
    """Return a paragraph a task."""
    return "\n\n".join("\n".join(_task(task)) for task in TASKS)


def _task(task: BenchmarkTask) -> Iterator[str]:
    yield f"{task.name}  {task.title}"
    yield f"  head      {task.head}"
    yield f"  metric    {task.primary}"
    yield f"  source    {task.source}"
    yield f"  test set  {_size(task.size)}"
    for suite in SUITES:
        languages = task.languages(suite)
        if languages:
            head = f"  {TITLES[suite]:<9} {len(languages)}: "
            yield fill(" ".join(languages), _WIDTH, initial_indent=head, subsequent_indent=" " * 16)


def _size(size: Size) -> str:
    span = f"{size.least:,}" if size.least == size.most else f"{size.least:,} to {size.most:,}"
    return f"about {span} {size.unit} a language"
