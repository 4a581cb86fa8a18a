"""A run's report: made from its bundle, and found again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from device_agent.contract.errors import RunError
from host.runs.record import RunRecord, RunRecords
from host.watch.reports import find_report, has_report, make_report
from tests.host.bundles import SMALL, make_bundle


def record_of(folder: Path, run_id: str = SMALL.run_id) -> RunRecord:
    record = RunRecord(run_id=run_id, device="pi5", study_file="s", workspace=str(folder / "w"))
    RunRecords(folder / "records").save(record)
    return record


def test_a_collected_run_has_a_report_made_once(tmp_path: Path) -> None:
    """In its workspace; a bundle that was collected again makes it anew."""
    record, records = record_of(tmp_path), RunRecords(tmp_path / "records")
    bundle = record.place.bundle(record.run_id)
    bundle.parent.mkdir(parents=True)
    make_bundle(bundle)
    assert not has_report(records, record.run_id)
    path = make_report(record)
    assert path == tmp_path / "w" / "reports" / f"{record.run_id}.html"
    assert find_report(records, record.run_id) == path
    path.write_text("kept", encoding="utf-8")
    assert make_report(record).read_text(encoding="utf-8") == "kept"
    later_s = path.stat().st_mtime + 10
    os.utime(bundle, (later_s, later_s))
    assert make_report(record).read_text(encoding="utf-8") != "kept"


def test_without_a_bundle_there_is_no_report(tmp_path: Path) -> None:
    """The remedy fetches it."""
    with pytest.raises(RunError, match="is not here") as caught:
        make_report(record_of(tmp_path))
    assert f"host collect {SMALL.run_id}" in caught.value.remedy


@pytest.mark.parametrize("name", ["../w", "", "a/b", ".", "x" * 500, "\x00"])
def test_a_name_is_looked_up_and_never_a_path(tmp_path: Path, name: str) -> None:
    """What is no known run has no report."""
    record_of(tmp_path)
    assert find_report(RunRecords(tmp_path / "records"), name) is None
