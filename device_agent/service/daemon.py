"""The daemon: holds the state folder's lock and works off the queue, one run at a time."""

from __future__ import annotations

import logging
import signal
import threading

from device_agent.contract.errors import DeviceError, XtremeEdgeError
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.service.execution import execute
from device_agent.service.lock import hold
from device_agent.service.runs import RunFolder, Runs

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 0.3
_RETRY_AFTER_S = 10.0


def serve(layout: Layout) -> None:
    """Serve until SIGTERM or SIGINT. A run that was under way is taken up first.

    Raises:
        DeviceError: Another agent serves this state folder, or it cannot be written.
    """
    with hold(layout):
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        _log.info("serving %s", layout.root)
        runs = Runs(layout)
        while not stop.is_set():
            folder = _next(runs)
            if folder is None:
                stop.wait(_LOOK_EVERY_S)
                continue
            try:
                execute(folder, layout, stop)
            except (XtremeEdgeError, OSError) as error:
                # A full or read-only disk: nothing can be journalled, so wait for room.
                _log.error("run %s: %s", folder.path.name, error)
                stop.wait(_RETRY_AFTER_S)
        _log.info("stopped")


def _next(runs: Runs) -> RunFolder | None:
    """Return the run to work on: one that was running, else the oldest that waits."""
    waiting = None
    for folder in runs.all():
        if folder.bundle.is_dir():
            # Sealed, so ended: an idle agent must not read every old journal again and again.
            continue
        try:
            with Journal(folder.journal, writable=False) as journal:
                state = journal.state().state
        except DeviceError as error:
            _log.error("run %s is passed over: %s", folder.path.name, error)
            continue
        if state == "running":
            return folder
        if state == "queued" and waiting is None:
            waiting = folder
    return waiting
