"""One remote command while it runs: stdin in, both outputs out, never stuck on a full pipe."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import TracebackType

import paramiko

from host.transport.session import ConnectionLost

_CHUNK_BYTES = 1 << 18
_STDERR_BYTES = 1 << 18
_PACKET_OVERHEAD_BYTES = 64
_DYING_S = 1.0
# Reading can raise these as well, when it has to ask the device for more.
_BROKEN = (OSError, EOFError, paramiko.SSHException)
_SIGNALLED = 255
"""What OpenSSH's client answers for a command that ended without an exit status."""


class Exchange:
    """Drains stderr in a thread of its own, so that the reader of stdout need not look at it.

    Args:
        channel: An open session channel on which the command was started.
        what: The device and the command, for messages.
        timeout_s: Seconds for the whole command; None waits as long as the connection lives.
    """

    def __init__(self, channel: paramiko.Channel, what: str, timeout_s: float | None) -> None:
        self._channel = channel
        self._what = what
        self._timeout_s = timeout_s
        self._deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        self._stderr = bytearray()
        self._drain = threading.Thread(target=self._read_stderr, daemon=True)
        self._drain.start()

    def __enter__(self) -> Exchange:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._channel.close()

    def feed(self, data: bytes) -> None:
        """Send stdin in the background, then end it."""
        if data:
            threading.Thread(target=self._write_stdin, args=(data,), daemon=True).start()
        else:
            self.end_stdin()

    @property
    def packet_bytes(self) -> int:
        """The most that goes into one packet, so that reading in this size copies nothing."""
        return self._channel.out_max_packet_size - _PACKET_OVERHEAD_BYTES

    def send(self, data: bytes, stall_s: float) -> bool:
        """Send a piece of stdin; False says that the command takes no more, `finish` says why.

        Raises:
            ConnectionLost: The device took nothing for `stall_s` seconds.
        """
        try:
            self._channel.settimeout(stall_s)
            while data:
                data = data[self._channel.send(data) :]
        except TimeoutError as error:
            raise self._lost(f"the device took no data for {stall_s:g} s") from error
        except _BROKEN:
            return False
        return True

    def end_stdin(self) -> None:
        """Tell the command that nothing more comes."""
        try:
            self._channel.shutdown_write()
        except _BROKEN:
            # The command has ended already; `finish` says how.
            return

    def chunks(self) -> Iterator[bytes]:
        """Yield stdout as it comes, until the command closes it.

        Raises:
            ConnectionLost: The command outlasted the timeout. A broken connection ends the
                chunks; `finish` tells it from an end.
        """
        while True:
            try:
                self._channel.settimeout(self._left_s())
                chunk = self._channel.recv(_CHUNK_BYTES)
            except TimeoutError as error:
                raise self._lost(f"it did not end within {self._timeout_s:g} s") from error
            except _BROKEN:
                return
            if not chunk:
                return
            yield chunk

    def finish(self) -> tuple[int, str]:
        """Wait for the end and return exit status and stderr (its last 256 KiB).

        Raises:
            ConnectionLost: The connection broke before the command ended, or it timed out.
        """
        if not self._channel.status_event.wait(self._left_s()):
            raise self._lost(f"it did not end within {self._timeout_s:g} s")
        status = self._channel.exit_status
        if status < 0 and not is_connected(self._channel.get_transport()):
            raise self._lost("the connection broke")
        self._drain.join(self._left_s())
        stderr = self._stderr.decode("utf-8", errors="replace")
        if status < 0:
            return _SIGNALLED, f"{stderr}ended by a signal\n"
        return status, stderr

    def _left_s(self) -> float | None:
        return None if self._deadline_s is None else max(self._deadline_s - time.monotonic(), 0.001)

    def _lost(self, reason: str) -> ConnectionLost:
        return ConnectionLost(
            f"{self._what}: {reason}.",
            remedy="Check power and network of the device, then run the same command again: "
            "it goes on where it was.",
        )

    def _read_stderr(self) -> None:
        # The channel's own timeout belongs to the reader of stdout; a timeout here is no end.
        while True:
            try:
                chunk = self._channel.recv_stderr(_CHUNK_BYTES)
            except TimeoutError:
                continue
            except _BROKEN:
                return
            if not chunk:
                return
            self._stderr += chunk
            del self._stderr[:-_STDERR_BYTES]

    def _write_stdin(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            try:
                at += self._channel.send(data[at : at + self.packet_bytes])
            except TimeoutError:
                continue
            except _BROKEN:
                return
        self.end_stdin()


def is_connected(connection: paramiko.Transport) -> bool:
    """Say whether the connection lives, once one of its channels has ended unexpectedly."""
    # A dying connection closes its channels a moment before it says that it is dead.
    connection.join(_DYING_S)
    return connection.is_active()
