"""Which run is next: one that was running, one that ended unsealed, else the oldest that waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.runspec import TERMINAL_STATES
from device_agent.service.journald import RUN_FIELD
from device_agent.service.runs import RunFolder, Runs

_log = logging.getLogger(__name__)
_LOOK_AGAIN_S = 30.0


class Queue:
    """The daemon's view of the run folders.

    A folder that cannot be read is set aside and told once in the log. It is looked at again
    later, because a reader that comes at the wrong moment must not lose a run for good.

    Args:
        runs: The run folders.
        now_s: A monotonic clock.
    """

    def __init__(self, runs: Runs, now_s: Callable[[], float] = time.monotonic) -> None:
        self._runs = runs
        self._now_s = now_s
        self._aside: dict[str, float] = {}
        self._told: set[tuple[str, str]] = set()

    def next(self) -> RunFolder | None:
        """Return the run to work on, if there is one."""
        waiting = ended = None
        for folder in self._runs.all():
            if self._now_s() < self._aside.get(folder.path.name, 0.0):
                continue
            try:
                state = state_of(folder)
            except (XtremeEdgeError, OSError) as error:
                self.set_aside(folder, error)
                continue
            if state == "running":
                return folder
            if state == "queued" and waiting is None:
                waiting = folder
            if state in TERMINAL_STATES and ended is None:
                ended = folder
        return ended or waiting

    def set_aside(self, folder: RunFolder, error: Exception) -> None:
        """Pass the run over for a while; the same reason is logged once."""
        name = folder.path.name
        self._aside[name] = self._now_s() + _LOOK_AGAIN_S
        if (name, str(error)) not in self._told:
            self._told.add((name, str(error)))
            _log.error("run %s is passed over: %s", name, error, extra={RUN_FIELD: name})


def state_of(folder: RunFolder) -> str | None:
    """Return the state of a run that has not been sealed yet; None of a sealed one.

    Raises:
        XtremeEdgeError, OSError: Its spec or its journal cannot be read.
    """
    if folder.is_sealed:
        # Sealed, so ended: an idle agent must not read every old journal again and again.
        return None
    with folder.read_journal() as journal:
        state = journal.state().state
    if state in ("queued", "running"):
        folder.read_spec()
    return state


def has_ended(folder: RunFolder) -> bool:
    """Say whether all that is left to do is to seal; so of a run that cannot be read."""
    try:
        return state_of(folder) not in ("queued", "running")
    except (XtremeEdgeError, OSError):
        return True


def runs_before(runs: Runs, folder: RunFolder) -> int:
    """Count the runs that the daemon takes up before this one, which waits."""
    before = 0
    is_older = True
    for other in runs.all():
        if other.path == folder.path:
            is_older = False
            continue
        try:
            state = state_of(other)
        except (XtremeEdgeError, OSError):
            continue
        before += state == "running" or (state == "queued" and is_older)
    return before
