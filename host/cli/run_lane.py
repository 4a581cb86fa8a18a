"""Shows a run in a lane, beside those of other devices."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from device_agent.contract.events import Event
from device_agent.contract.runspec import RunSpec
from device_agent.contract.status import SignOfLife
from host.cli.lanes import Lane
from host.cli.live import alive_text, progress_line
from host.runs.narration import Narrator
from host.runs.progress import Progress, Snapshot

_DRAWN_EVERY_S = 0.25


class RunLane:
    """As `RunView`, for one of several runs.

    Args:
        spec: The run.
        lane: Its device's.
    """

    def __init__(self, spec: RunSpec, lane: Lane) -> None:
        self._progress = Progress(spec)
        self._narrator = Narrator(spec)
        self._lane = lane
        self._drawn_s = 0.0

    def watch(self, events: Iterable[Event]) -> Iterator[Event]:
        """Show the events that pass through."""
        for event in events:
            self._progress.add(event)
            text = self._narrator.tell(event)
            if text is not None:
                self._lane.say(text)
            if time.monotonic() - self._drawn_s > _DRAWN_EVERY_S:
                self._drawn_s = time.monotonic()
                now = self._progress.snapshot()
                self._lane.show(progress_line(now), share_done(now))
            yield event

    def alive(self, sign: SignOfLife) -> None:
        """Show that the device is there although nothing happens."""
        now = self._progress.snapshot()
        self._lane.show(alive_text(now.phase, sign), share_done(now))

    def say(self, text: str) -> None:
        """Show a line that no event told."""
        self._lane.say(text.strip())


def share_done(now: Snapshot) -> float | None:
    """Return how much of the mode under way is done; None where nothing is planned."""
    if now.phase == "performance" and now.rounds_wanted:
        return now.rounds_valid / now.rounds_wanted
    return now.done / now.total if now.total else None
