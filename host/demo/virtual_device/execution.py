"""One command on a virtual device: a shell in its own process group, tied to its channel."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

import paramiko

_CHUNK_BYTES = 1 << 16
_LOOK_EVERY_S = 0.1
_GRACE_S = 2.0
_BROKEN = (OSError, EOFError, paramiko.SSHException)
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Execution:
    """Runs `sh -c command` with the channel as its three streams.

    When the client goes away, the process group ends with it; a process that has left the group
    (`setsid`) lives on, as under any SSH server.

    Args:
        channel: Closed when the command has ended.
        command: For `sh -c`.
        home: Its home and working folder.
        user: Its login name.
    """

    def __init__(self, channel: paramiko.Channel, command: str, home: Path, user: str) -> None:
        self._channel = channel
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", os.fsencode(command)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=home,
            env={
                "HOME": str(home),
                "LANG": "C.UTF-8",
                "LOGNAME": user,
                "PATH": _PATH,
                "SHELL": "/bin/sh",
                "USER": user,
            },
            start_new_session=True,
        )

    def run(self) -> None:
        """Pump until the command has ended, then send its exit status and close the channel."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        threading.Thread(target=self._pump_in, args=(process.stdin,), daemon=True).start()
        outputs = [
            threading.Thread(target=self._pump_out, args=(process.stdout, self._channel.sendall)),
            threading.Thread(
                target=self._pump_out, args=(process.stderr, self._channel.sendall_stderr)
            ),
        ]
        for pump in outputs:
            pump.daemon = True
            pump.start()
        while not self._ended(_LOOK_EVERY_S):
            if self._channel.closed and not self._ended(_GRACE_S):
                # Its stdin has ended; a writer of a file has had the time to finish by itself.
                self.kill()
        for pump in outputs:
            while pump.is_alive() and not self._channel.closed:
                pump.join(_LOOK_EVERY_S)
        status = process.returncode
        # The client may be gone by now.
        with suppress(*_BROKEN):
            self._channel.send_exit_status(status if status >= 0 else 128 - status)
        self._channel.close()

    def kill(self) -> None:
        """End the process group: politely, then not."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return
            if self._ended(_GRACE_S):
                return

    def _ended(self, within_s: float) -> bool:
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _pump_in(self, stdin: IO[bytes]) -> None:
        try:
            with stdin:
                while chunk := self._channel.recv(_CHUNK_BYTES):
                    stdin.write(chunk)
                    stdin.flush()
        except _BROKEN:
            return  # the command reads no more, or the client is gone

    def _pump_out(self, output: IO[bytes], send: Callable[[bytes], None]) -> None:
        with output:
            try:
                while chunk := os.read(output.fileno(), _CHUNK_BYTES):
                    send(chunk)
            except _BROKEN:
                return  # nobody reads any more: the command gets a broken pipe
