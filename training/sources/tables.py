"""Reads tables: CSV, and tab-separated columns with a header or as the benchmark has them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent.tasks.reading.lines import malformed, read_lines, stream_lines
from training.sources.rows import Row

BARE = ("first", "second", "label")
"""Columns of a file without a header, as XTREME's preprocessing writes pairs."""

_SLIPS = 0.002
"""More lines than that with a column missing are no slips of the publisher."""


@dataclass(frozen=True)
class TabSeparated:
    """A `Reader` of tab-separated columns, taken as they stand: quotes are part of the text.

    Attributes:
        header: Names by which a first line is known to be a header; other files have `BARE`.
        tolerates_short: Whether a few rows may lack columns and are left out.
    """

    header: tuple[str, ...]
    tolerates_short: bool = False

    def __call__(self, path: Path, language: str) -> Iterator[Row]:  # noqa: ARG002 a `Reader`
        """Yield a record a line.

        Raises:
            DataError: The file is missing, or a line has another number of columns.
        """
        columns: Sequence[str] = BARE
        short: list[int] = []
        number = 0
        for number, line in enumerate(stream_lines(path), start=1):
            fields = line.split("\t")
            if number == 1 and set(fields) & set(self.header):
                columns = fields
                continue
            if len(fields) < len(columns) and self.tolerates_short:
                short.append(number)
                continue
            if len(fields) != len(columns):
                found = f"{len(fields)} column{'s' if len(fields) > 1 else ''}"
                expected = f"{len(columns)} separated by tabs: {', '.join(columns)}"
                raise malformed(path, number, found, expected)
            yield Row(f"{path}, line {number}", dict(zip(columns, fields, strict=True)))
        if len(short) > number * _SLIPS:
            found = f"too few columns, as in {len(short)} of {number} lines"
            raise malformed(path, short[0], found, f"{len(columns)}: {', '.join(columns)}")


def read_csv(path: Path, language: str) -> Iterator[Row]:  # noqa: ARG001 a `Reader`
    """Yield a record a row of comma-separated values; the first row names the columns.

    Raises:
        DataError: The file is missing, its quotes do not close, or a row has another number of
            columns.
    """
    reader = csv.reader((f"{line}\n" for line in read_lines(path)), strict=True)
    columns: list[str] = []
    while True:
        began = reader.line_num + 1
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise malformed(path, began, f"what is not ({error})", "CSV") from error
        if fields is None:
            return
        if not columns:
            columns = fields
        elif len(fields) != len(columns):
            expected = f"{len(columns)}: {', '.join(columns)}"
            raise malformed(path, began, f"{len(fields)} columns", expected)
        else:
            yield Row(f"{path}, line {began}", dict(zip(columns, fields, strict=True)))
