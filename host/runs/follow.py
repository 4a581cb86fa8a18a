"""Follows a run over connections that break: every event once, in order, kept on disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

from device_agent.contract.events import Event, StateChanged
from device_agent.contract.runspec import TERMINAL_STATES
from device_agent.contract.status import SignOfLife
from host.agent import Agent
from host.runs.event_log import EventLog
from host.transport.session import HostKeyError, TransportError

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 15.0
_ENDED_PATIENCE_S = 10.0
"""A run that has ended has nothing more to tell, unless somebody resumed it a moment ago."""

Reconnected = Callable[[TransportError, float], None]
"""Told the error and the seconds until the next attempt."""

Alive = Callable[[SignOfLife], None]
"""Told that the device is there although nothing happens."""


def follow(
    connect: Callable[[], AbstractContextManager[Agent]],
    run_id: str,
    log: Path,
    *,
    patience_s: float,
    reconnecting: Reconnected | None = None,
    alive: Alive | None = None,
) -> Iterator[Event]:
    """Yield every event of the run from its first on, then end with the run.

    Events of an earlier attach come from `log`, the others from the device; after a lost
    connection it connects again and goes on behind the last event.

    Args:
        connect: Opens a connection; called again after each loss.
        run_id: The run.
        log: The host's copy of the events.
        patience_s: How long to go without any contact before giving up.
        reconnecting: Told of each lost connection.
        alive: Told of each sign of life.

    Raises:
        HostKeyError: What answers is not the device that was trusted; no second attempt is made.
        RunError: `log` cannot be written.
        TransportError: No contact for `patience_s`; the run goes on without the host. Where the
            last event was its end, there is nothing to wait for, and no error.
    """
    with EventLog(log).opened() as kept:
        seq, ended = 0, False
        for event in kept.read():
            seq, ended = event.seq, _is_end(event)
            yield event
        contact_s = time.monotonic()
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                with connect() as agent, closing(agent.events(run_id, seq)) as lines:
                    for line in lines:
                        contact_s, wait_s = time.monotonic(), _FIRST_WAIT_S
                        if isinstance(line, Event):
                            kept.append(line)
                            seq, ended = line.seq, _is_end(line)
                            yield line
                            continue
                        kept.flush()
                        if line is not None and alive is not None:
                            alive(line)
            except HostKeyError:
                raise
            except TransportError as error:
                kept.flush()
                silent_s = time.monotonic() - contact_s + wait_s
                if ended and silent_s > _ENDED_PATIENCE_S:
                    return
                if silent_s > patience_s:
                    raise
                if reconnecting is not None and not ended:
                    reconnecting(error, wait_s)
                time.sleep(wait_s)
                wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
            else:
                return


def _is_end(event: Event) -> bool:
    return isinstance(event.body, StateChanged) and event.body.state in TERMINAL_STATES
