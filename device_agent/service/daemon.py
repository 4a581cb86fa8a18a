"""The daemon: holds the state folder's lock and works off the queue, one run at a time."""

from __future__ import annotations

import logging
import signal
import threading

from device_agent.contract.errors import XtremeEdgeError
from device_agent.layout import Layout
from device_agent.service.damage import is_damage
from device_agent.service.execution import execute
from device_agent.service.leftovers import sweep
from device_agent.service.lock import hold
from device_agent.service.queue import Queue
from device_agent.service.runs import Runs

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
        sweep(layout)
        queue = Queue(Runs(layout))
        while not stop.is_set():
            folder = queue.next()
            if folder is None:
                stop.wait(_LOOK_EVERY_S)
                continue
            try:
                execute(folder, layout, stop)
            except (XtremeEdgeError, OSError) as error:
                if is_damage(error):
                    queue.set_aside(folder, error)
                    continue
                # A full or read-only disk: nothing can be journalled, so wait for room.
                _log.error("run %s: %s", folder.path.name, error)
                stop.wait(_RETRY_AFTER_S)
        _log.info("stopped")
