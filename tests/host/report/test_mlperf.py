"""The summary in MLPerf's layout gives no number that MLPerf's own bound would refuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from host.analysis.bundle import load_bundle
from host.analysis.comparison import compare
from host.analysis.results import Comparison
from host.report.mlperf import mlperf_summary, write_mlperf
from tests.host.bundles import SMALL, make_bundle
from tests.host.report.conftest import PLAN, comparison_of


@pytest.fixture(scope="module")
def summary(comparison: Comparison) -> str:
    return mlperf_summary(comparison)


def test_it_is_called_no_mlperf_result(summary: str) -> None:
    """In the first line, and in every block's title."""
    assert "This is no MLPerf result" in summary.splitlines()[0]
    assert summary.count("MLPerf Results Summary (in its words; no MLPerf result)") == 4


def test_it_has_the_layout_that_readers_know(summary: str) -> None:
    """One block a variant: result, statistics, parameters, in LoadGen's words."""
    block = summary.split("MLPerf Results Summary")[1]
    positions = [
        block.index(text)
        for text in (
            "SUT name : english-int8 on Raspberry Pi 5",
            "Scenario : SingleStream",
            "Mode     : PerformanceOnly",
            "90th percentile latency (ns) : ",
            "Result is : VALID",
            "  Min duration satisfied : Yes",
            "  Min queries satisfied : Yes",
            "  Early stopping satisfied: Yes",
            "Early Stopping Result:",
            "Additional Stats",
            "Mean latency (ns)               : ",
            "50.00 percentile latency (ns)   : ",
            "Test Parameters Used",
            "min_query_count : 288",
        )
    ]
    assert positions == sorted(positions)


def test_a_percentile_that_the_queries_do_not_carry_is_refused(summary: str) -> None:
    """288 queries carry p90 and no p99."""
    assert "99.00 percentile latency (ns)   : refused (288 queries, 662 needed)" in summary
    assert "No 99th percentile estimate: 288 queries, 662 needed" in summary


def test_the_90th_percentile_is_the_early_stopping_estimate(
    summary: str, comparison: Comparison
) -> None:
    """The upper bound, which LoadGen reports, not the sample's percentile."""
    speed = comparison.runs[0].baseline.speed
    assert speed is not None
    assert f"90th percentile latency (ns) : {speed.percentile(0.9).bound_ns}\n" in summary


def test_too_few_queries_are_invalid(tmp_path: Path) -> None:
    """36 queries carry no p90: the result is INVALID and says why."""
    text = mlperf_summary(comparison_of(tmp_path, SMALL))
    assert "Result is : INVALID" in text
    assert "Result is : VALID" not in text
    assert " * early stopping: 36 queries, 64 needed" in text
    assert "90th percentile latency" not in text


def test_a_run_that_was_cut_short_is_invalid(tmp_path: Path) -> None:
    """With what is missing of rounds and of time."""
    bundle = load_bundle(make_bundle(tmp_path / "b", PLAN))
    plan = bundle.spec.performance
    assert plan is not None
    longer = msgspec.structs.replace(plan, rounds=20, attempts=40, minimum_s=3600)
    spec = msgspec.structs.replace(bundle.spec, performance=longer)
    manifest = msgspec.structs.replace(bundle.manifest, state="cancelled")
    cut = replace(bundle, spec=spec, manifest=manifest)
    text = mlperf_summary(compare([cut], resamples=50))
    assert " * the run is cancelled" in text
    assert " * valid rounds: 12, 20 were planned" in text
    assert "3600 s were planned" in text
    assert "  Min duration satisfied : NO" in text


def test_offline_has_throughput_and_no_latency(tmp_path: Path) -> None:
    """Nobody waits for a single query there."""
    bundle = load_bundle(make_bundle(tmp_path / "b", SMALL))
    plan = bundle.spec.performance
    assert plan is not None
    offline = msgspec.structs.replace(plan, scenario="offline", batch_size=4)
    spec = msgspec.structs.replace(bundle.spec, performance=offline)
    text = mlperf_summary(compare([replace(bundle, spec=spec)], resamples=50))
    assert "Scenario : Offline" in text
    assert "Samples per second: " in text
    assert "samples_per_query : 4" in text
    assert "percentile latency" not in text


def test_accuracy_mode_alone_is_invalid_in_words(tmp_path: Path) -> None:
    """There is no latency to sum up, and no zero in its place."""
    path = write_mlperf(
        comparison_of(tmp_path, replace(SMALL, modes=("accuracy",))), tmp_path / "sub" / "out.txt"
    )
    text = path.read_text(encoding="utf-8")
    assert "performance mode was not run" in text
    assert "latency (ns)" not in text
