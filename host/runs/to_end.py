"""Follows a run until it has ended, and says what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from device_agent.contract.errors import RunError
from device_agent.contract.events import Event, StateChanged
from device_agent.contract.runspec import TERMINAL_STATES
from device_agent.contract.status import SignOfLife
from host.inventory import Device
from host.runs.ending import state_text
from host.runs.follow import follow
from host.runs.reach import reach
from host.runs.record import RunRecord

_PATIENCE_S = 600.0


class View(Protocol):
    """Shows a run while it is followed."""

    def watch(self, events: Iterable[Event]) -> Iterator[Event]:
        """Show the events that pass through."""

    def alive(self, sign: SignOfLife) -> None:
        """Show that the device is there although nothing happens."""

    def say(self, text: str) -> None:
        """Show a line that no event told."""


def follow_to_end(
    record: RunRecord, device: Device, view: View, *, again: str | None = None
) -> None:
    """Follow a run until it has finished.

    Args:
        record: The run.
        device: Where it is.
        view: Shows it.
        again: What goes on where it ended, in one sentence; `host resume` if left out.

    Raises:
        RunError: It failed or was cancelled.
        TransportError: No contact for ten minutes; the run goes on.
    """
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
            remedy=" ".join(
                (
                    end.remedy or "What was measured is kept.",
                    again
                    or f"`host resume {record.run_id}` goes on where it ended, "
                    f"`host collect {record.run_id}` fetches what there is.",
                )
            ),
        )


def _end(event: Event) -> StateChanged | None:
    body = event.body
    return body if isinstance(body, StateChanged) and body.state in TERMINAL_STATES else None
