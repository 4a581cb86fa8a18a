"""What several commands do with a run: find its device, watch it to its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from device_agent.contract.errors import DeviceError, RunError
from device_agent.contract.events import Event, StateChanged
from device_agent.contract.runspec import TERMINAL_STATES
from host.cli.console import json_data, talk
from host.cli.options import find_device
from host.inventory import Device
from host.runs.ending import state_text
from host.runs.record import RunRecord

if TYPE_CHECKING:
    from device_agent.contract.status import SignOfLife
    from host.runs.start import Started

_PATIENCE_S = 600.0


def device_of_run(run_id: str, target: str | None) -> Device:
    """Return the device that a run went to; `--target` overrides what is remembered."""
    from host.runs.record import RunRecords

    return find_device(target or RunRecords().find(run_id).device)


def say_submitted(started: Started, *, as_json: bool) -> None:
    """Tell what to do with a run that goes on by itself.

    Raises:
        DeviceError: No agent serves, so it would not; whoever waits for it must not go on.
    """
    if as_json:
        json_data(queued_row(started))
    require_serving(started)
    if not as_json:
        talk(f"It goes on by itself: `host attach {started.record.run_id}`.")


def queued_row(started: Started) -> dict[str, object]:
    """Return a run that was submitted as JSON."""
    return {
        "run_id": started.record.run_id,
        "device": started.record.device,
        "state": "queued",
        "serving": started.serving,
    }


def require_serving(started: Started) -> None:
    """Return where an agent serves that takes the run up. Raises as `say_submitted`."""
    record = started.record
    if not started.serving:
        raise DeviceError(
            f"Run {record.run_id} is queued on {record.device}, but no agent serves there, so "
            "nobody takes it up.",
            remedy=f"Start the agent with `host deploy --target {record.device}`; then the run "
            f"begins, and `host attach {record.run_id}` shows it.",
        )


def watch_run(record: RunRecord, device: Device, *, as_json: bool) -> None:
    """Show a run until it ends.

    Raises:
        RunError: It failed or was cancelled.
        TransportError: No contact for ten minutes; the run goes on.
    """
    try:
        from host.cli.live import RunView
        from host.runs.start import read_spec

        with RunView(read_spec(record), device.name) as view:
            follow_to_end(record, device, view)
    except KeyboardInterrupt:
        talk(f"Detached; the run goes on: `host attach {record.run_id}`.")
        raise
    if as_json:
        json_data(finished_row(record))
    else:
        talk(f"Next: `host collect {record.run_id}`.")


def finished_row(record: RunRecord) -> dict[str, str]:
    """Return a run that has finished as JSON."""
    return {"run_id": record.run_id, "device": record.device, "state": "finished"}


class View(Protocol):
    """Shows a run while it is followed."""

    def watch(self, events: Iterable[Event]) -> Iterator[Event]:
        """Show the events that pass through."""

    def alive(self, sign: SignOfLife) -> None:
        """Show that the device is there although nothing happens."""

    def say(self, text: str) -> None:
        """Show a line that no event told."""


def follow_to_end(record: RunRecord, device: Device, view: View) -> None:
    """Follow a run until it has finished. Raises as `watch_run`."""
    from host.runs.follow import follow
    from host.runs.reach import reach

    end: StateChanged | None = None
    events = follow(
        lambda: reach(device),
        record.run_id,
        record.place.run(record.run_id) / "events.jsonl",
        patience_s=_PATIENCE_S,
        reconnecting=lambda error, wait_s: view.say(
            f"  {error.message} Again in {wait_s:.0f} s; the run goes on."
        ),
        alive=view.alive,
    )
    for event in view.watch(events):
        end = _end(event) or end
    if end is not None and end.state != "finished":
        raise RunError(
            f"Run {record.run_id} {'was ' * (end.state == 'cancelled')}"
            f"{state_text(end.state, end.reason)}.",
            remedy=f"{end.remedy or 'What was measured is kept.'} `host resume {record.run_id}` "
            f"goes on where it ended, `host collect {record.run_id}` fetches what there is.",
        )


def _end(event: Event) -> StateChanged | None:
    body = event.body
    return body if isinstance(body, StateChanged) and body.state in TERMINAL_STATES else None
