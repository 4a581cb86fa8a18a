"""The Parquet files hold the CSV files' rows, with types."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from host.analysis.results import Comparison
from host.report.parquet_files import ParquetError, write_parquet
from host.report.tables.every import TABLES


@pytest.fixture(scope="module")
def tables(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    parquet = pytest.importorskip("pyarrow.parquet")
    paths = write_parquet(comparison, tmp_path_factory.mktemp("parquet"))
    return {path.stem: parquet.read_table(path) for path in paths}


def test_every_table_is_there(tables: dict[str, Any]) -> None:
    """Queries, scores, rounds and telemetry among them."""
    assert list(tables) == [table.name for table in TABLES]


def test_rows_are_those_of_the_tables(tables: dict[str, Any], comparison: Comparison) -> None:
    """Value by value, None as null."""
    for table in TABLES:
        assert tables[table.name].to_pylist() == list(table.rows(comparison))


def test_columns_have_the_types_that_their_tables_declare(tables: dict[str, Any]) -> None:
    """Times are integers, ratios are floating point, flags are Boolean, even where all are null."""
    types = {field.name: str(field.type) for name in tables for field in tables[name].schema}
    assert types["infer_ns"] == types["total_ns"] == types["seq"] == "int64"
    assert types["latency_ratio"] == types["temperature_celsius"] == types["score"] == "double"
    assert types["valid"] == types["throttled"] == "bool"
    assert types["energy_joules"] == types["idle_watts"] == "double"


def test_the_files_name_their_bundle(tables: dict[str, Any], comparison: Comparison) -> None:
    """In their metadata, so that a table that lies about alone still leads back."""
    (run,) = comparison.runs
    key = f"bundle:{run.bundle.spec.run_id}".encode()
    assert {t.schema.metadata[key] for t in tables.values()} == {run.bundle.digest.encode()}


def test_without_pyarrow_the_remedy_is_told(
    comparison: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What to install, or to write instead; and nothing is written."""
    real = importlib.import_module

    def absent(name: str) -> Any:
        if name.startswith("pyarrow"):
            raise ModuleNotFoundError(name)
        return real(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(ParquetError) as caught:
        write_parquet(comparison, tmp_path / "out")
    assert "pip install" in caught.value.remedy
    assert "--format csv" in caught.value.remedy
    assert not (tmp_path / "out").exists()
