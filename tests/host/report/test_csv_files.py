"""The CSV files hold every number unrounded, and nothing where there is none."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from host.analysis.results import Comparison
from host.report.csv_files import write_csv
from tests.host.bundles import SMALL
from tests.host.report.conftest import PLAN, comparison_of

Table = list[dict[str, str]]


@pytest.fixture(scope="module")
def tables(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Table]:
    return read(write_csv(comparison, tmp_path_factory.mktemp("csv")))


def read(paths: tuple[Path, ...]) -> dict[str, Table]:
    found = {}
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = list(csv.DictReader(file))
    return found


def test_the_summary_has_a_row_per_variant(
    tables: dict[str, Table], comparison: Comparison
) -> None:
    """Numbers are those of the comparison to the last digit."""
    baseline, first, *_ = tables["summary"]
    assert [row["variant"] for row in tables["summary"]] == [
        variant.name for variant in comparison.runs[0].variants
    ]
    assert baseline["latency_verdict"] == "baseline"
    assert baseline["latency_ratio"] == ""
    assert float(first["latency_ratio"]) == comparison.runs[0].candidates[0].latency.ratio


def test_an_unscored_cell_is_empty_with_its_reason(tables: dict[str, Table]) -> None:
    """Never 0."""
    (row,) = [
        r
        for r in tables["scores"]
        if (r["variant"], r["task"], r["language"]) == ("english-int8", "xnli", "hi")
    ]
    assert row["score"] == ""
    assert row["unscored"] == "the data has no gold for this language"


def test_samples_have_predictions_gold_and_times(tables: dict[str, Table]) -> None:
    """Credits can be counted again from the file alone; lists stay lists."""
    english = [
        r
        for r in tables["samples"]
        if (r["variant"], r["task"], r["language"]) == ("english-int8", "xnli", "en")
    ]
    assert len(english) == PLAN.samples
    for row in english:
        right = json.loads(row["prediction"]) == json.loads(row["gold"])
        assert float(row["credit"]) == right
        assert int(row["infer_ns"]) > 0
    tagged = next(r for r in tables["samples"] if r["task"] == "udpos")
    assert isinstance(json.loads(tagged["prediction"]), list)


def test_retrieval_has_rankings_for_queries_only(tables: dict[str, Table]) -> None:
    """Candidates are embedded and timed, and predict nothing."""
    rows = [r for r in tables["samples"] if (r["task"], r["language"]) == ("tatoeba", "de")]
    queries = [r for r in rows if r["sample_id"].startswith("en-")]
    assert all(r["prediction"] and r["credit"] for r in queries)
    assert not any(r["prediction"] or r["credit"] for r in rows if r not in queries)


def test_queries_of_invalid_rounds_are_kept_with_their_reason(tables: dict[str, Table]) -> None:
    """Invalid is a property of a row, not a reason to lose it."""
    rounds = {int(row["round"]): row["invalid"] for row in tables["queries"]}
    assert [number for number, reason in rounds.items() if reason] == [4]
    assert len(tables["queries"]) == 13 * 24 * 5


def test_a_mode_that_was_not_run_has_no_file(tmp_path: Path) -> None:
    """An empty table is not written."""
    comparison = comparison_of(tmp_path / "a", replace(SMALL, modes=("performance",)))
    names = [path.stem for path in write_csv(comparison, tmp_path / "csv")]
    assert "queries" in names
    assert not {"scores", "samples", "suites"} & set(names)


def test_rows_of_several_runs_name_their_run(tmp_path: Path) -> None:
    """Two devices stand in one file, apart by run id."""
    comparison = comparison_of(tmp_path / "a", SMALL, replace(SMALL, run_id="other"))
    summary = read(write_csv(comparison, tmp_path / "csv"))["summary"]
    assert [row["run_id"] for row in summary] == [SMALL.run_id] * 2 + ["other"] * 2


def test_suites_have_a_row_per_task_and_one_for_the_average(tables: dict[str, Table]) -> None:
    """Nine and ten tasks; what is partial is not complete."""
    rows = [row for row in tables["suites"] if row["variant"] == "multilingual-int8"]
    assert len(rows) == 9 + 1 + 10 + 1
    averages = [row for row in rows if row["task"] == ""]
    assert [row["suite"] for row in averages] == ["xtreme", "xtreme-r"]
    assert {row["complete"] for row in averages} == {"False"}
    assert all(row["difference"] and row["limits"].startswith("partial:") for row in averages)
