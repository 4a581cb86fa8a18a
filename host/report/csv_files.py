"""Writes the tables behind a report as CSV files."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from host.analysis.results import Comparison
from host.report.tables.every import TABLES
from host.report.tables.table import Row


def write_csv(comparison: Comparison, folder: Path) -> tuple[Path, ...]:
    """Write every table as `<name>.csv`; return their paths.

    Numbers are as computed; an empty field is an absent number. Times are integer nanoseconds,
    scores percent, ratios relative to the baseline. A table without any row is not written.

    Args:
        comparison: One or more runs; each row names its own.
        folder: Made if need be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {table.name: folder / f"{table.name}.csv" for table in TABLES}
    return tuple(
        paths[table.name]
        for table in TABLES
        if _write(paths[table.name], list(table.typed), table.rows(comparison))
    )


def _write(path: Path, columns: list[str], rows: Iterable[Row]) -> bool:
    every = iter(rows)
    first = next(every, None)
    if first is None:
        return False
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=columns)
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(every)
    return True
