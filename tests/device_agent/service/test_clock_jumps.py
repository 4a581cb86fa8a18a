"""Boards without a real-time clock: the wall clock jumps, and a reboot starts another clock."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from device_agent import clock
from host.analysis.evidence.verify import verify_bundle
from tests.device_agent.service.interrupted_runs import SmallRun

LABELS = (
    "2026-11-21T12:00:00.000+00:00",
    "1970-01-01T00:00:07.000+00:00",
    "2099-12-31T23:59:59.999+00:00",
)


@pytest.fixture
def jumping(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wall clock that is back in 1970 or far ahead each time that somebody looks."""
    labels = itertools.cycle(LABELS)
    seconds = itertools.cycle((1.8e9, 7.0, 4.1e9))
    monkeypatch.setattr(clock, "utc_label", lambda: next(labels))
    monkeypatch.setattr(time, "time", lambda: next(seconds))


def test_a_wall_clock_that_jumps_changes_nothing(tmp_path: Path, jumping: None) -> None:
    """Everything once, in order, with durations that are possible; the label is only told."""
    run = SmallRun(tmp_path)
    run.execute()
    run.require_whole()
    events = run.events()
    assert len({event.utc for event in events}) == len(LABELS)
    times_ns = [event.monotonic_ns for event in events]
    assert times_ns == sorted(times_ns)
    assert not verify_bundle(run.folder.bundle).failures


def test_a_reboot_in_mid_run_begins_another_monotonic_time(
    tmp_path: Path, jumping: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Times of two boots stand apart by the boot id: what came before is kept, nothing is twice."""
    run = SmallRun(tmp_path)
    run.execute_until(1)
    before = run.events()
    monkeypatch.setattr(clock, "boot_id", lambda: "another-boot")
    begin_ns = time.monotonic_ns()
    monkeypatch.setattr(clock, "monotonic_ns", lambda: time.monotonic_ns() - begin_ns)
    run.execute()
    run.require_whole()
    assert run.events()[: len(before)] == before
    assert {event.boot_id for event in run.events()[len(before) :]} == {"another-boot"}
    assert not verify_bundle(run.folder.bundle).failures
