"""A journal that is not this run's, or not whole, is found."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import Event, StateChanged
from tests.host.analysis.evidence.forging import (
    Change,
    forge,
    forge_spec,
    found,
    renumbered,
    without,
)
from tests.host.bundles import reseal


def event(number: int, **changes: object) -> Change:
    """Change fields of the n-th event."""

    def change(events: list[Event]) -> list[Event]:
        new = msgspec.structs.replace(events[number], **changes)
        return [*events[:number], new, *events[number + 1 :]]

    return change


def last_first(events: list[Event]) -> list[Event]:
    return renumbered([events[0], events[-1], *events[1:-1]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (event(3, seq=9), "event 9: line 4 has seq 9, expected 4"),
        (event(3, monotonic_ns=0), "event 4: was written at 0 ns of boot"),
        (event(3, boot_id="other", monotonic_ns=10**18), "event 5: is of boot 5f2c9f0e"),
        (last_first, "ends in no state at all, the manifest says finished"),
        (without(StateChanged, -1), "ends in no state at all, the manifest says finished"),
    ],
)
def test_a_journal_that_is_not_whole_is_found(folder: Path, change: Change, message: str) -> None:
    """Gaps, a clock that runs back, and an end that is none are told with the event."""
    texts = found(forge(folder, change))
    assert any(message in text for text in texts), texts


def test_a_second_boot_is_no_failure(folder: Path) -> None:
    """After a power cut the clock starts anew under another boot id."""

    def rebooted(events: list[Event]) -> list[Event]:
        late = [
            msgspec.structs.replace(event, boot_id="second", monotonic_ns=number)
            for number, event in enumerate(events[9:])
        ]
        return [*events[:9], *late]

    assert found(forge(folder, rebooted)) == []


def test_two_names_of_one_boot_are_no_failure(folder: Path) -> None:
    """In a container who submits may see another boot id than the agent, over the same clock."""
    change = event(3, boot_id="as a login sees it")
    assert found(forge(folder, change)) == []


def test_another_runs_spec_is_found(folder: Path) -> None:
    """Manifest and spec name the same run."""
    texts = found(forge_spec(folder, run_id="another"))
    assert texts == ["manifest.json: is of run edge-20261121-0551, the spec of another"]


def test_a_run_that_has_not_ended_is_no_bundle(folder: Path) -> None:
    """Only an ended run is sealed."""
    manifest = folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"finished"', b'"running"'))
    assert "manifest.json: says the run is running, only an ended run has a bundle" in found(
        reseal(folder, {})
    )


def test_a_manifest_that_counts_other_events_is_found(folder: Path) -> None:
    """The number of events is the manifest's, so that none is cut off the end."""
    lines = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    reseal(folder, {"journal.jsonl": b"".join(lines[:-1])})
    assert any("the manifest says" in text for text in found(folder))
