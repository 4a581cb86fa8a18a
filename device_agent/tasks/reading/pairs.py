"""Reads two sentences a line, with the label as third column or in a file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from device_agent.contract.samples import PairInput, Sample
from device_agent.tasks.reading.lines import malformed, read_lines, shorten, unequal


def read_pairs(
    path: Path, gold_path: Path | None, labels: Sequence[str], language: str
) -> list[Sample]:
    """Return one sample a line, with ids `<language>-<0-based row>`.

    The columns are separated by tabs and taken as they stand: the official reader knows no
    quoting, so the quotes that its own preprocessing doubled reach the model doubled.

    Args:
        path: `sentence 1<TAB>sentence 2[<TAB>label]`.
        gold_path: A label a line, for a test split: a file of its own that need not be there, in
            whose absence the third column counts. None for a split that must have that column.
        labels: The labels that may occur.
        language: Goes into the ids.

    Raises:
        DataError: A file is missing or malformed, or the two differ in length.
    """
    columns = "2 or 3" if gold_path else "3"
    rows = []
    for number, line in enumerate(read_lines(path), start=1):
        fields = line.split("\t")
        if len(fields) != 3 and not (gold_path and len(fields) == 2):
            found = f"{len(fields)} column{'s' if len(fields) > 1 else ''}"
            raise malformed(path, number, found, f"{columns}, separated by tabs")
        rows.append(fields)
    if gold_path and gold_path.exists():
        gold: list[str | None] = list(_labels(gold_path, read_lines(gold_path), labels))
        if len(gold) != len(rows):
            raise unequal(gold_path, len(gold), path, len(rows), "labels")
    else:
        gold = [
            _label(path, number, fields[2], labels) if len(fields) == 3 else None
            for number, fields in enumerate(rows, start=1)
        ]
    return [
        Sample(
            id=f"{language}-{row}",
            input=PairInput(first=fields[0], second=fields[1]),
            gold=label,
        )
        for row, (fields, label) in enumerate(zip(rows, gold, strict=True))
    ]


def _labels(path: Path, lines: Sequence[str], labels: Sequence[str]) -> list[str]:
    return [_label(path, number, line, labels) for number, line in enumerate(lines, start=1)]


def _label(path: Path, number: int, text: str, labels: Sequence[str]) -> str:
    label = text.strip()
    if label not in labels:
        raise malformed(path, number, f"label {shorten(label)}", f"one of {', '.join(labels)}")
    return label
