"""Follows a run over connections that break: every event once, in order, kept on disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

from device_agent.contract import codec
from device_agent.contract.errors import ContractError
from device_agent.contract.events import Event
from host.agent import Agent
from host.transport.session import TransportError

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 15.0

Reconnected = Callable[[TransportError, float], None]
"""Told the error and the seconds until the next attempt."""


class EventLog:
    """The events that the host has, one JSON line each; a torn last line is cut off."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[Event]:
        """Return the whole events so far, and cut the file after the last of them."""
        if not self._path.is_file():
            return []
        events: list[Event] = []
        valid_bytes = 0
        with self._path.open("rb") as lines:
            for line in lines:
                try:
                    event = codec.decode(line, Event, source=str(self._path))
                except ContractError:
                    break
                if not line.endswith(b"\n") or event.seq != len(events) + 1:
                    break
                events.append(event)
                valid_bytes += len(line)
        if valid_bytes < self._path.stat().st_size:
            with self._path.open("rb+") as file:
                file.truncate(valid_bytes)
        return events


def follow(
    connect: Callable[[], AbstractContextManager[Agent]],
    run_id: str,
    log: Path,
    *,
    patience_s: float,
    reconnecting: Reconnected | None = None,
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

    Raises:
        TransportError: No contact for `patience_s`; the run goes on without the host.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    seq = 0
    for event in EventLog(log).read():
        seq = event.seq
        yield event
    contact_s = time.monotonic()
    wait_s = _FIRST_WAIT_S
    with log.open("ab") as file:
        while True:
            try:
                with connect() as agent, closing(agent.events(run_id, seq)) as events:
                    for event_or_life in events:
                        contact_s, wait_s = time.monotonic(), _FIRST_WAIT_S
                        if event_or_life is None:
                            file.flush()
                            continue
                        file.write(codec.encode(event_or_life) + b"\n")
                        seq = event_or_life.seq
                        yield event_or_life
            except TransportError as error:
                file.flush()
                if time.monotonic() - contact_s + wait_s > patience_s:
                    raise
                if reconnecting is not None:
                    reconnecting(error, wait_s)
                time.sleep(wait_s)
                wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
            else:
                return
