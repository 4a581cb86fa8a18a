"""A run counts as collected only where the very bundle is on this host."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.status import RunStatus
from device_agent.digest import digest_bytes
from host.runs.collected import is_collected
from host.runs.record import RunRecord, RunRecords

MANIFEST = b'{"a": "manifest"}'


def status(bundle: str | None) -> RunStatus:
    """Return the status of a run with that bundle."""
    counts = {"seq": 1, "samples_done": 1, "samples_planned": 1, "rounds_done": 0}
    return RunStatus(
        run_id="run-1",
        study="s",
        state="finished",
        reason=None,
        rounds_planned=0,
        bundle=bundle,
        **counts,
    )


@pytest.fixture
def records(tmp_path: Path) -> RunRecords:
    """The host's records, with the run and its bundle."""
    made = RunRecords(tmp_path / "runs")
    made.save(
        RunRecord(
            run_id="run-1",
            device="pi5",
            study_file="study.yaml",
            workspace=str(tmp_path / "workspace"),
        )
    )
    bundle = made.find("run-1").place.bundle("run-1")
    bundle.mkdir(parents=True)
    (bundle / "manifest.json").write_bytes(MANIFEST)
    return made


def test_the_same_bundle_counts(records: RunRecords) -> None:
    """Its manifest's digest is the device's."""
    assert is_collected(status(digest_bytes(MANIFEST)), records)


@pytest.mark.parametrize("bundle", [None, "0" * 64])
def test_another_or_none_does_not(records: RunRecords, bundle: str | None) -> None:
    """A run that is not sealed, or was taken up again since, has something to lose."""
    assert not is_collected(status(bundle), records)


def test_unknown_run_does_not(tmp_path: Path) -> None:
    """Somebody else's run is not known here."""
    assert not is_collected(status(digest_bytes(MANIFEST)), RunRecords(tmp_path / "none"))
