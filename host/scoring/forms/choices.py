"""Multiple choice: a JSON object a line with the index of the choice as `label` (XCOPA)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from device_agent.tasks.reading.lines import malformed, read_lines, shorten, unequal
from host.scoring.forms.compared import Compared
from host.scoring.forms.values import without_tail


def compare_choices(
    predictions: Path,
    labels: Path,
    classes: Sequence[str],  # noqa: ARG001 the forms' common signature
) -> Compared:
    """Compare labels line by line; other keys are passed over.

    Raises:
        DataError: A file is missing or unreadable, or the two differ in length.
    """
    gold, found = _read(labels), _read(predictions)
    if len(found) != len(gold):
        raise unequal(predictions, len(found), labels, len(gold), "lines")
    return Compared(_by_line(gold), _by_line(found))


def _read(path: Path) -> list[int]:
    lines = without_tail([line.strip() for line in read_lines(path)], 0)
    return [_label(path, number, line) for number, line in enumerate(lines, start=1)]


def _label(path: Path, number: int, line: str) -> int:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise malformed(path, number, shorten(line), "a JSON object") from error
    label = row.get("label") if isinstance(row, dict) else None
    # JSON's true is a bool, which Python counts among the integers.
    if type(label) is not int:
        raise malformed(path, number, shorten(line), "a JSON object with label 0 or 1")
    return label


def _by_line(labels: Sequence[int]) -> dict[str, int]:
    return {str(number): label for number, label in enumerate(labels, start=1)}
