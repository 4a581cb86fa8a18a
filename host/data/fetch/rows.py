"""What a fetched row is, and what it may say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from device_agent.contract.errors import DataError

Row = Mapping[str, Any]
"""Column to value; classes by their names."""

Files = dict[str, str]
"""Path below the benchmark's folder to content."""

TEST = "test"
"""The split whose gold stands in files of its own."""


def one_line(text: str) -> str:
    """Return the text without what would end a line or a column."""
    return text.replace("\t", " ").replace("\r", " ").replace("\n", " ")


def class_name(row: Row, column: str, known: Collection[str]) -> str | None:
    """Return the class that a row is of; None where it has none, which is published as -1.

    Raises:
        DataError: It is no known class.
    """
    return _known(row[column], column, known)


def class_names(row: Row, column: str, known: Collection[str]) -> list[str]:
    """Return the classes of a row's words.

    Raises:
        DataError: One of them is no known class.
    """
    return [str(_known(value, column, known)) for value in row[column]]


def _known(value: object, column: str, known: Collection[str]) -> str | None:
    if value is None or value == -1:
        return None
    if str(value) not in known:
        raise DataError(
            f"Column {column}: found {value!r}, expected one of {', '.join(known)}.",
            remedy="Take the dataset as its authors publish it, with the names of its classes.",
        )
    return str(value)
