"""Every table keeps the columns and types that it declares, and leads back to its events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import Energy, RoundDone, Scored, VariantEnergy
from host.analysis.bundle import load_bundle
from host.analysis.comparison import compare
from host.analysis.results import Comparison
from host.report.tables.every import TABLES
from host.report.tables.rounds import ROUNDS
from host.report.tables.scores import SCORES
from host.report.tables.table import Table
from host.report.tables.telemetry import TELEMETRY
from tests.host.bundles import SMALL, make_bundle
from tests.host.report.conftest import comparison_of


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_keep_to_the_declared_columns(table: Table, comparison: Comparison) -> None:
    """The same names in the same order, each value None or of its type."""
    rows = list(table.rows(comparison))
    assert rows
    for row in rows:
        assert list(row) == list(table.typed)
        for name, value in row.items():
            kind = table.typed[name]
            assert value is None or type(value) is kind or (kind is float and type(value) is int)


def test_scores_name_the_event_that_holds_them(comparison: Comparison) -> None:
    """The journal's entry of that seq is the score of that variant, task and language."""
    events = {event.seq: event.body for event in comparison.runs[0].bundle.events}
    for row in SCORES.rows(comparison):
        body = events[row["seq"]]  # type: ignore[index]
        assert isinstance(body, Scored)
        assert (body.variant, body.task, body.language) == (
            row["variant"],
            row["task"],
            row["language"],
        )


def test_round_ratios_are_those_that_the_verdict_rests_on(comparison: Comparison) -> None:
    """Per valid round; invalid ones have none, and the control is compared with its original."""
    (run,) = comparison.runs
    rows = list(ROUNDS.rows(comparison))
    first = run.candidates[0]
    own = [r["latency_ratio"] for r in rows if r["variant"] == first.name and r["valid"]]
    assert own == pytest.approx(list(first.latency.ratios))
    assert {r["latency_ratio"] for r in rows if not r["valid"]} == {None}
    assert {r["latency_ratio"] for r in rows if r["variant"] == run.baseline.name} == {None}
    control = [r for r in rows if r["variant"] == "english-int8-again" and r["valid"]]
    assert {r["compared_with"] for r in control} == {"english-int8"}
    assert all(r["latency_ratio"] for r in control)


def test_a_run_without_a_valid_round_still_has_its_rounds(tmp_path: Path) -> None:
    """Kept with their reason, without a ratio; energy stands where the board told it."""
    bundle = load_bundle(make_bundle(tmp_path / "b", SMALL))

    def broken(done: RoundDone) -> RoundDone:
        drawn = tuple(
            VariantEnergy(variant=b.variant, joules=1.5, duration_ns=9, readings=3)
            for b in done.blocks
        )
        energy = Energy(rails=("VDD",), interval_ns=5, idle_watts=2.0, variants=drawn)
        return msgspec.structs.replace(done, invalid=("the clock fell",), energy=energy)

    events = tuple(
        msgspec.structs.replace(e, body=broken(e.body)) if isinstance(e.body, RoundDone) else e
        for e in bundle.events
    )
    comparison = compare([replace(bundle, events=events)], resamples=50)
    rows = list(ROUNDS.rows(comparison))
    assert {(r["invalid"], r["latency_ratio"]) for r in rows} == {("the clock fell", None)}
    assert {r["energy_joules"] for r in rows} == {1.5}
    assert {r["idle_watts"] for r in TELEMETRY.rows(comparison)} == {2.0}


def test_a_sensor_that_is_not_there_is_absent(tmp_path: Path) -> None:
    """None, never 0."""
    row = next(iter(TELEMETRY.rows(comparison_of(tmp_path, SMALL))))
    assert row["available_memory_bytes"] is None
    assert row["temperature_celsius"] is not None
