"""Files of one value a line, read so that what editors and writers leave behind does no harm."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from device_agent.tasks.reading.lines import malformed, read_lines, shorten
from host.scoring.forms.uneven import uneven


def read_values(path: Path) -> list[str]:
    """Return every line without the space around it, as the official `read_label` does.

    Raises:
        DataError: The file is missing, not UTF-8, or has a line of several columns.
    """
    values = [line.strip() for line in read_lines(path)]
    for number, value in enumerate(values, start=1):
        if "\t" in value:
            columns = value.count("\t") + 1
            found = f"{columns} columns ({shorten(value)})"
            raise malformed(path, number, found, "one value")
    return values


def read_gold_values(path: Path) -> list[str]:
    """Return every label; blank lines at the end are dropped.

    Raises:
        DataError: As `read_values`, or a label is blank.
    """
    values = without_tail(read_values(path), 0)
    for number, value in enumerate(values, start=1):
        if not value:
            raise malformed(path, number, "a blank line", "a label")
    return values


def read_predicted_values(path: Path, labels: Path, count: int) -> list[str]:
    """Return a prediction for each label; blank lines beyond the last label are dropped.

    A blank line among the others is a prediction, and a wrong one.

    Raises:
        DataError: As `read_values`, or there are not as many as labels.
    """
    values = without_tail(read_values(path), count)
    if len(values) != count:
        raise uneven(path, len(values), labels, count, "lines")
    return values


def without_tail(lines: Sequence[str], keep: int) -> list[str]:
    """Drop blank lines at the end, but none of the first `keep`."""
    end = len(lines)
    while end > keep and not lines[end - 1]:
        end -= 1
    return list(lines[:end])


def by_line(values: Sequence[str]) -> dict[str, str]:
    """Return the values by line number, from 1."""
    return {str(number): value for number, value in enumerate(values, start=1)}
