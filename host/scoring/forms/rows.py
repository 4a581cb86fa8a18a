"""Tatoeba: for each English row the number of a foreign one, from 0."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from device_agent.tasks.reading.lines import malformed, shorten
from host.scoring.forms.compared import Compared
from host.scoring.forms.values import read_gold_values, read_predicted_values

_NUMBER = re.compile(r"0|[1-9][0-9]*")
_BRACKETED = re.compile(r"\[\s*([0-9]+)\s*\]")


def _notes(rows: Sequence[str], *, brackets: bool) -> Iterator[str]:
    if brackets:
        yield "rows in brackets, such as [114], are read as 114"
    if strange := sum(not _NUMBER.fullmatch(row) for row in rows):
        yield f"{strange} of {len(rows)} values are no row numbers and count as wrong"


def compare_rows(
    predictions: Path,
    labels: Path,
    classes: Sequence[str],  # noqa: ARG001 the forms' common signature
) -> Compared:
    """Compare row numbers line by line.

    The benchmark's own writer (`evaluate_retrieval.py`) prints a row as `[114]`, which its scorer
    then finds unequal to `114`; here both are row 114.

    Raises:
        DataError: A file is missing or unreadable, a label is no row number, or the two differ in
            length.
    """
    gold = read_gold_values(labels)
    for number, value in enumerate(gold, start=1):
        if not (value.isascii() and value.isdigit()):
            raise malformed(labels, number, shorten(value), "a row number")
    values = read_predicted_values(predictions, labels, len(gold))
    found = [_BRACKETED.fullmatch(value) for value in values]
    rows = [match[1] if match else value for match, value in zip(found, values, strict=True)]
    return Compared(
        gold={str(line): (row,) for line, row in enumerate(gold, start=1)},
        predictions={str(line): (row,) for line, row in enumerate(rows, start=1)},
        notes=tuple(_notes(rows, brackets=any(found))),
    )
