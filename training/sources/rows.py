"""One record of a dataset, whatever it was read from, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.lines import shorten


@dataclass(frozen=True)
class Row:
    """A record.

    Attributes:
        place: File and line, or dataset and row, for messages.
        values: By column.
    """

    place: str
    values: Mapping[str, Any]

    def value(self, *columns: str) -> Any:
        """Return the value of the first of these columns that is there.

        Args:
            columns: What different publishers call the same thing.

        Raises:
            DataError: None of them is there.
        """
        for column in columns:
            if column in self.values:
                return self.values[column]
        raise self.refused(
            f"columns {', '.join(map(str, self.values)) or 'none'}",
            f"a column {' or '.join(columns)}",
        )

    def text(self, *columns: str) -> str:
        """Return a value that must be text.

        Raises:
            DataError: It is missing or something else.
        """
        value = self.value(*columns)
        if not isinstance(value, str):
            raise self.refused(f"{columns[0]} {shown(value)}", "text")
        return value

    def texts(self, *columns: str) -> tuple[str, ...]:
        """Return a value that must be a list of texts.

        Raises:
            DataError: It is missing or something else.
        """
        value = self.value(*columns)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.refused(f"{columns[0]} {shown(value)}", "a list of texts")
        return tuple(value)

    def one_of(self, known: Sequence[str], *columns: str) -> int:
        """Return which of the known values it is, 0-based; a number counts as its digits.

        Raises:
            DataError: It is missing or none of them.
        """
        value = self.value(*columns)
        try:
            return known.index(str(value).strip())
        except ValueError as error:
            raise self.refused(
                f"{columns[0]} {shown(value)}", f"one of {', '.join(known)}"
            ) from error

    def refused(self, found: str, expected: str) -> DataError:
        """Return the error for this record."""
        return DataError(
            f"{self.place}: found {found}, expected {expected}.",
            remedy="Correct this record, or download the data again from where it is published.",
        )


def shown(value: object) -> str:
    """Return a value as a message shows it."""
    return shorten(value) if isinstance(value, str) else shorten(repr(value))
