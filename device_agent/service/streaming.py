"""Follows a run's journal from a seq on, with signs of life where nothing happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from device_agent.contract.errors import DeviceError
from device_agent.contract.events import Event
from device_agent.contract.runspec import TERMINAL_STATES
from device_agent.contract.status import SignOfLife
from device_agent.journal import Journal

_POLL_S = 0.1
_HEARTBEAT_S = 5.0
_SILENT_BEATS = 4


def stream_events(
    journal: Journal,
    after: int,
    *,
    follow: bool,
    serving: Callable[[], bool],
    ahead: Callable[[], int] = lambda: 0,
) -> Iterator[Event | SignOfLife | None]:
    """Yield the events after seq `after`, in order, until the run has ended.

    None is yielded after each burst of events, for the reader to flush; a sign of life every five
    seconds in which nothing happened, so that both ends notice a connection that is gone.

    Args:
        journal: The run's journal.
        after: Last seq that the reader has.
        follow: False ends with the events that are there now.
        serving: Tells whether a daemon is at work.
        ahead: Counts the runs that come before this one; asked only while it waits.

    Raises:
        DeviceError: No daemon has served for about twenty seconds, so nothing would ever come.
    """
    spoke_s = time.monotonic()
    alone = 0
    while True:
        # Before the events: an end that is seen here has its event in the next batch.
        state = journal.state().state
        ended = state in TERMINAL_STATES
        events = journal.events_after(after)
        if events:
            yield from events
            yield None
            after = events[-1].seq
            spoke_s = time.monotonic()
        elif ended or not follow:
            return
        elif time.monotonic() - spoke_s > _HEARTBEAT_S:
            yield SignOfLife(ahead=ahead() if state == "queued" else None)
            spoke_s = time.monotonic()
            alone = 0 if serving() else alone + 1
            if alone >= _SILENT_BEATS:
                raise DeviceError(
                    "The agent is not serving; the run has not ended and goes on once it does.",
                    remedy="Start the agent again with `host deploy`, then `host attach`.",
                )
        else:
            time.sleep(_POLL_S)
