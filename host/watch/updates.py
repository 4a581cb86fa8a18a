"""One browser's stream of updates, as Server-Sent Events."""

from __future__ import annotations

import json
import secrets
import time

from host.watch.page import render_device
from host.watch.watcher import Watcher

_LEAST_S = 0.5
_TICK_S = 1.0
_AGAIN_MS = 1_000
_EPOCH = secrets.token_hex(4)
"""Of this process: the versions of another one mean nothing here."""


class Updates:
    """Sends each device that looks otherwise than when it was sent last.

    Args:
        watcher: What is shown.
        last_id: The last id that the browser has, where it comes again.
    """

    def __init__(self, watcher: Watcher, last_id: str | None = None) -> None:
        self._watcher = watcher
        self._sent: dict[str, str] = {}
        self._since = _version(last_id)
        self._version = -1
        self._sent_s = -_LEAST_S

    def next(self) -> bytes:
        """Return the next piece: at a change, but not too often, or after a second without one.

        A device that is silent or lost looks otherwise each second, because its age is shown.
        """
        time.sleep(max(self._sent_s + _LEAST_S - time.monotonic(), 0))
        self._watcher.wait(self._version, _TICK_S)
        seen = self._watcher.seen()
        self._version, self._sent_s = seen.version, time.monotonic()
        messages = []
        for device, changed in zip(seen.devices, seen.changed, strict=True):
            html = render_device(device)
            is_known = changed <= self._since and device.link == "connected"
            if not is_known and self._sent.get(device.name) != html:
                messages.append(_message("device", {"name": device.name, "html": html}))
            self._sent[device.name] = html
        self._since = -1
        # The id last: who has it has all that came before it.
        tick = f"id: {_EPOCH}-{seen.version}\nretry: {_AGAIN_MS}\n{_message('tick', {})}"
        return "".join([*messages, tick]).encode()


def _message(kind: str, content: dict[str, str]) -> str:
    return f"event: {kind}\ndata: {json.dumps(content)}\n\n"


def _version(last_id: str | None) -> int:
    """Return the version that an id tells of; -1 of another process, or of no id."""
    epoch, _, number = (last_id or "").partition("-")
    is_ours = epoch == _EPOCH and number.isascii() and number.isdecimal()
    return int(number[:20]) if is_ours else -1
