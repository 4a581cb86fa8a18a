"""Tells the service manager how the daemon is (sd_notify): ready, alive, stopping, what it does.

Source: the protocol of sd_notify(3), which is a datagram on a Unix socket. Without a service
manager nothing is sent, and nothing changes.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

SOCKET_VARIABLE = "NOTIFY_SOCKET"
WATCHDOG_VARIABLE = "WATCHDOG_USEC"
STALLED_AFTER_S = 900.0
"""Longer than the longest step without progress: a large model loaded and checked, slowly."""


class Notifier:
    """Sends to the service manager that started this process, if one did.

    Args:
        environment: Where systemd leaves the socket's name and the watchdog's interval.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        name = environment.get(SOCKET_VARIABLE, "")
        # A leading @ stands for the abstract namespace.
        self._address = f"\0{name[1:]}" if name.startswith("@") else name
        interval = environment.get(WATCHDOG_VARIABLE, "")
        self.watchdog_s = int(interval) / 1e6 if interval.isdecimal() else None

    def ready(self) -> None:
        """Say that the daemon serves."""
        self._send("READY=1")

    def stopping(self) -> None:
        """Say that the daemon is ending."""
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """Say in one line what the daemon does; `systemctl status` shows it."""
        self._send(f"STATUS={text}")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._send("WATCHDOG=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        # A service manager that is busy or gone must not end a run.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stream:
            stream.setblocking(False)
            stream.sendto(message.encode(), self._address)


class Heartbeat:
    """Feeds the watchdog for as long as the daemon makes progress.

    A thread sends, because one query on a slow board may outlast the watchdog's interval; it
    falls silent when `progress` was not called for too long, so that a daemon that hangs is
    restarted like one that is frozen as a whole.

    Args:
        notifier: Where the signs of life go.
        stalled_after_s: After which time without progress the daemon counts as hung.
        now_s: A monotonic clock.
    """

    def __init__(
        self,
        notifier: Notifier,
        stalled_after_s: float = STALLED_AFTER_S,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._notifier = notifier
        self._stalled_after_s = stalled_after_s
        self._now_s = now_s
        self._progress_s = now_s()
        self._end = threading.Event()

    def __enter__(self) -> Heartbeat:
        if self._notifier.watchdog_s is not None:
            # systemd asks for signs of life at half of the interval; a third forgives a late one.
            every_s = self._notifier.watchdog_s / 3
            threading.Thread(target=self._beat, args=(every_s,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()

    def progress(self) -> None:
        """Note that the daemon has come further; costs a look at the clock."""
        self._progress_s = self._now_s()

    def beat(self) -> bool:
        """Feed the watchdog unless the daemon hangs; say whether it was fed."""
        if self._now_s() - self._progress_s > self._stalled_after_s:
            return False
        self._notifier.alive()
        return True

    def _beat(self, every_s: float) -> None:
        while not self._end.wait(every_s):
            self.beat()
