"""Speaks with qemu's monitor (QMP: JSON lines on a Unix socket), as far as a test needs it."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

_TIMEOUT_S = 30.0


class QmpError(Exception):
    """The monitor refused a command, or is gone."""


class Qmp:
    """One connection to the monitor.

    Args:
        path: Its socket.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_TIMEOUT_S)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        self._receive()  # the greeting
        self.execute("qmp_capabilities")

    def execute(self, command: str, **arguments: Any) -> Any:
        """Run a command and return what it returns.

        Raises:
            QmpError: It was refused, or the monitor has gone.
        """
        self._socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while True:
            answer = self._receive()
            if "error" in answer:
                raise QmpError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def close(self) -> None:
        """Hang up; the machine runs on."""
        self._lines.close()
        self._socket.close()

    def _receive(self) -> dict[str, Any]:
        line = self._lines.readline()
        if not line:
            raise QmpError("the monitor has hung up")
        answer: dict[str, Any] = json.loads(line)
        return answer
