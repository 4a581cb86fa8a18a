"""A headless Chromium that is asked over pipes, for pages that never come to rest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.host.report.browser import browser

_END = b"\0"


class Tab:
    """One page, by Chromium's DevTools protocol.

    Attributes:
        told: Errors that the page's console has had so far.
    """

    def __init__(self, requests: int, answers: int) -> None:
        self._requests = requests
        self._answers = answers
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self.told: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Log", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        """Return the answer to one command."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            command["sessionId"] = self._session
        os.write(self._requests, json.dumps(command).encode() + _END)
        while True:
            message = self._next()
            if message.get("id") == self._number:
                assert "error" not in message, message
                return message["result"]
            if message.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
                self.told.append(json.dumps(message["params"]))

    def evaluate(self, script: str) -> Any:
        """Return a script's value, None where it failed; the page's own policy stays in force."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return answer["result"].get("value")

    def _next(self) -> dict[str, Any]:
        while _END not in self._buffer:
            chunk = os.read(self._answers, 1 << 16)
            assert chunk, "the browser has ended"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(_END)
        return dict(json.loads(message))


@contextmanager
def opened(folder: Path) -> Iterator[Tab]:
    """Start a browser with a profile of its own; the test is skipped where there is none."""
    path = browser()
    from_us, requests = os.pipe()
    answers, from_browser = os.pipe()
    # It reads commands from descriptor 3 and answers on 4.
    script = f'exec "$@" 3<&{from_us} 4>&{from_browser}'
    process = subprocess.Popen(
        [
            *("bash", "-c", script, "bash", path, "--headless=new", "--no-sandbox"),
            *("--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={folder}"),
        ],
        pass_fds=(from_us, from_browser),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(from_us)
    os.close(from_browser)
    try:
        yield Tab(requests, answers)
    finally:
        os.close(requests)
        # With all of its processes; the profile is thrown away.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(answers)
