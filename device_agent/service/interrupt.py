"""How a run is asked to stop: by the user (cancel) or because the agent ends (stop)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

_LOOK_EVERY_S = 0.2


class CancelledError(Exception):
    """The user cancelled the run: it ends as cancelled."""


class StoppedError(Exception):
    """The agent is ending: the run stays running and is taken up at the next start."""


class Interrupt:
    """Asked between samples and rounds, never inside a timed region.

    Args:
        flag: The run is cancelled once this file exists.
        stop: Set once the agent is to end.
        progress: Told that the run has come further, whenever it asks.
    """

    def __init__(
        self, flag: Path, stop: threading.Event, progress: Callable[[], None] = lambda: None
    ) -> None:
        self._flag = flag
        self._stop = stop
        self._progress = progress
        self._looked_s = 0.0

    def wait(self, seconds: float) -> None:
        """Let time pass, unless the run must not go on; raises as `check`."""
        self._stop.wait(seconds)
        self.check()

    def check(self) -> None:
        """Raise where the run must not go on.

        Raises:
            CancelledError: The user cancelled it.
            StoppedError: The agent is ending.
        """
        self._progress()
        if self._stop.is_set():
            raise StoppedError
        now_s = time.monotonic()
        if now_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = now_s
            if self._flag.exists():
                raise CancelledError
