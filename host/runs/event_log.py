"""The host's copy of a run's events: written by one attach at a time, read by as many as like."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from device_agent.contract import codec
from device_agent.contract.errors import ContractError, RunError
from device_agent.contract.events import Event


class EventLog:
    """One JSON line per event, in order from seq 1 on; what follows the first fault is no event.

    Args:
        path: The file; made where it does not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    @contextmanager
    def opened(self) -> Iterator[EventLog]:
        """Hold the log for as long as the context lasts.

        Whoever comes second while another holds it only reads: two writers would put every event
        in twice.

        Raises:
            RunError: There is something else in its place, or it cannot be written.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("ab")
        except OSError as error:
            raise RunError(
                f"{self._path} cannot be written: {error.strerror}.",
                remedy="Move away what is in its place, or make room, then attach again.",
            ) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._file = file
            except BlockingIOError:
                self._file = None
            try:
                yield self
            finally:
                self._file = None

    def read(self) -> list[Event]:
        """Return the whole events so far; the holder cuts off a torn end."""
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
        if self._file is not None:
            self._file.truncate(valid_bytes)
        return events

    def append(self, event: Event) -> None:
        """Write the next event, where this log is held."""
        if self._file is not None:
            self._file.write(codec.encode(event) + b"\n")

    def flush(self) -> None:
        """Let others see what was appended."""
        if self._file is not None:
            self._file.flush()
