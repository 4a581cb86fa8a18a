"""The daemon: holds the state folder's lock and works off the queue, one run at a time."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable

from device_agent.contract.errors import XtremeEdgeError
from device_agent.layout import Layout
from device_agent.service.damage import is_damage
from device_agent.service.journald import RUN_FIELD
from device_agent.service.leftovers import sweep
from device_agent.service.lock import hold
from device_agent.service.notify import Heartbeat, Notifier
from device_agent.service.queue import Queue, has_ended
from device_agent.service.runs import RunFolder, Runs
from device_agent.signing import ensure_key

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 0.3
_RETRY_AFTER_S = 10.0


def serve(layout: Layout, notifier: Notifier | None = None) -> None:
    """Serve until SIGTERM or SIGINT. A run that was under way is taken up first.

    Args:
        layout: The state folder.
        notifier: The service manager; None finds the one that started this process.

    Raises:
        DeviceError: Another agent serves this state folder, or it cannot be written.
    """
    manager = notifier or Notifier()
    with hold(layout), Heartbeat(manager) as heartbeat:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        _log.info("serving %s", layout.root)
        ensure_key(layout)
        sweep(layout)
        manager.ready()
        manager.status("waiting for runs")
        _work_off(layout, stop, heartbeat.progress, manager)
        manager.stopping()
        _log.info("stopped")


def _work_off(
    layout: Layout, stop: threading.Event, progress: Callable[[], None], manager: Notifier
) -> None:
    # NumPy and all that a run needs take three quarters of the start: after it is ready.
    from device_agent.service.execution import execute

    queue = Queue(Runs(layout))
    while not stop.is_set():
        progress()
        folder = queue.next()
        if folder is None:
            stop.wait(_LOOK_EVERY_S)
            continue
        manager.status(f"run {folder.path.name}")
        try:
            execute(folder, layout, stop, progress)
        except (XtremeEdgeError, OSError) as error:
            if is_damage(error) or has_ended(folder):
                queue.set_aside(folder, error)
                continue
            _wait_for_room(folder, error, stop)
        manager.status("waiting for runs")


def _wait_for_room(folder: RunFolder, error: Exception, stop: threading.Event) -> None:
    """Let time pass: on a full or read-only disk nothing can be journalled."""
    _log.error("run %s: %s", folder.path.name, error, extra={RUN_FIELD: folder.path.name})
    stop.wait(_RETRY_AFTER_S)
