"""Multiple choice: a JSON object a line with the index of the choice as `label` (XCOPA)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.lines import malformed, read_lines, shorten
from host.scoring.forms.compared import Compared
from host.scoring.forms.uneven import uneven
from host.scoring.forms.values import without_tail

_CHOICES = (0, 1)
_TELLING = 10
"""Labels that are not all 0 by chance: with ten, once in a thousand files."""


def compare_choices(
    predictions: Path,
    labels: Path,
    classes: Sequence[str],  # noqa: ARG001 the forms' common signature
) -> Compared:
    """Compare labels line by line; other keys are passed over.

    Raises:
        DataError: A file is missing or unreadable, the labels are placeholders, or the two differ
            in length.
    """
    gold, found = _read(labels), _read(predictions)
    for number, label in enumerate(gold, start=1):
        if label not in _CHOICES:
            raise malformed(labels, number, str(label), "label 0 or 1")
    if len(gold) >= _TELLING and not any(gold):
        raise DataError(
            f"{labels}: all {len(gold)} labels are 0, as in the published files without gold.",
            remedy="Put the gold of the test split into labels/xcopa/, in the same form.",
        )
    if len(found) != len(gold):
        raise uneven(predictions, len(found), labels, len(gold), "lines")
    strange = sum(label not in _CHOICES for label in found)
    notes = (f"{strange} of {len(found)} labels are neither 0 nor 1 and count as wrong",)
    return Compared(_by_line(gold), _by_line(found), notes if strange else ())


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
