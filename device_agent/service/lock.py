"""One daemon per state folder: an advisory lock that the kernel drops when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from device_agent.contract.errors import DeviceError
from device_agent.layout import RELEASE_VARIABLE, Layout


def serving_pid(layout: Layout) -> int | None:
    """Return the process id of the daemon that holds the lock, or None."""
    try:
        with Path(layout.lock).open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.readline() or 0) or None
    except (OSError, ValueError):
        return None
    return None


@contextmanager
def hold(layout: Layout) -> Iterator[None]:
    """Hold the lock for as long as the context lasts.

    Raises:
        DeviceError: Another agent holds it, or the folder cannot be written.
    """
    try:
        Path(layout.root).mkdir(parents=True, exist_ok=True)
        file = Path(layout.lock).open("ab")  # noqa: SIM115 (closed below, held for the daemon's life)
    except OSError as error:
        raise DeviceError(
            f"The state folder {layout.root} cannot be written: {error}",
            remedy="Name another one with --state, or make it writable.",
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DeviceError(
                f"Another agent (process {serving_pid(layout)}) serves {layout.root}.",
                remedy="Stop it first, or name another state folder with --state.",
            ) from error
        file.truncate(0)
        # The release as well: another user may not read it from the process's environment.
        release = Path(os.environ.get(RELEASE_VARIABLE, "")).name
        file.write(f"{os.getpid()}\n{release}\n".encode())
        file.flush()
        yield
