"""Writes the tables behind a report as Parquet files, for pandas, Polars, DuckDB and Spark.

pyarrow writes them: the format's reference implementation, and what `datasets` brings anyway. A
lighter writer of our own would be one more thing to trust.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from device_agent.contract.errors import XtremeEdgeError
from host.analysis.results import Comparison
from host.report.tables.every import TABLES
from host.report.tables.table import Row, Table

_BATCH = 65_536
"""Rows at a time: a run of a million samples is never held at once."""


class ParquetError(XtremeEdgeError):
    """Parquet cannot be written here."""


def write_parquet(comparison: Comparison, folder: Path) -> tuple[Path, ...]:
    """Write every table as `<name>.parquet` with typed columns; return their paths.

    Numbers are as computed, an absent one is null; names end in units. The files' metadata name
    the bundles. A table without any row is not written.

    Args:
        comparison: One or more runs; each row names its own.
        folder: Made if need be.

    Raises:
        ParquetError: pyarrow is not installed.
    """
    arrow, parquet = _library("pyarrow"), _library("pyarrow.parquet")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in TABLES:
        path = folder / f"{table.name}.parquet"
        if _write(arrow, parquet, table, comparison, path):
            written.append(path)
    return tuple(written)


def _write(arrow: Any, parquet: Any, table: Table, comparison: Comparison, path: Path) -> bool:
    batches = _batches(table.rows(comparison))
    first = next(batches, None)
    if first is None:
        return False
    schema = _schema(arrow, table, comparison)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in chain((first,), batches):
            writer.write_table(arrow.Table.from_pylist(batch, schema=schema))
    return True


def _schema(arrow: Any, table: Table, comparison: Comparison) -> Any:
    kinds = {
        str: arrow.string(),
        int: arrow.int64(),
        float: arrow.float64(),
        bool: arrow.bool_(),
    }
    fields = [arrow.field(name, kinds[kind]) for name, kind in table.typed.items()]
    bundles = {f"bundle:{run.bundle.spec.run_id}": run.bundle.digest for run in comparison.runs}
    return arrow.schema(fields, metadata={"study": comparison.study, **bundles})


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    every = iter(rows)
    while batch := list(islice(every, _BATCH)):
        yield batch


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ParquetError(
            "Parquet needs the library pyarrow, which is not installed.",
            remedy="Install it with `pip install 'xtreme-edge[fetch]'`, or write CSV: "
            "`host report BUNDLE --format csv`.",
        ) from error
