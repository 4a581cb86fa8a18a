"""Classification: a label a line (XNLI, PAWS-X)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from device_agent.tasks.reading.lines import malformed, shorten
from host.scoring.forms.compared import Compared
from host.scoring.forms.values import by_line, read_gold_values, read_predicted_values


def compare_labels(predictions: Path, labels: Path, classes: Sequence[str]) -> Compared:
    """Compare labels line by line; one that the task does not have counts as wrong.

    Raises:
        DataError: A file is missing or unreadable, a label is none of the task's, or the two differ
            in length.
    """
    gold = read_gold_values(labels)
    for number, value in enumerate(gold, start=1):
        if value not in classes:
            raise malformed(labels, number, shorten(value), f"one of {', '.join(classes)}")
    found = read_predicted_values(predictions, labels, len(gold))
    strange = sum(value not in classes for value in found)
    notes = (
        (f"{strange} of {len(found)} values are none of {', '.join(classes)} and count as wrong",)
        if strange
        else ()
    )
    return Compared(by_line(gold), by_line(found), notes)
