"""A session over SSH: one connection, a channel per command."""

from __future__ import annotations

import shlex
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import paramiko

from host.inventory.device import Device
from host.transport.bounds import MAX_OUTPUT_BYTES, bounded, lines_of
from host.transport.command_line import command_line, shown
from host.transport.endpoint import resolve
from host.transport.exchange import Exchange, is_connected
from host.transport.login import CONNECT_TIMEOUT_S, log_in
from host.transport.session import CommandFailed, Completed, ConnectionLost, TransportError
from host.transport.writing import write_command, write_failed, written_digest

_READ_AHEAD_BYTES = 1 << 20


class SshSession:
    """Talks to one device; see `Session` for what the methods promise.

    Args:
        device: Its host key must be pinned.
        alive_every_s: How often the device is asked for a sign of life.
        alive_within_s: After this time without an answer the connection counts as lost.
        stall_s: An upload of which the device takes nothing for so long counts as lost.

    Raises:
        TransportError: No connection could be made.
    """

    def __init__(
        self,
        device: Device,
        *,
        alive_every_s: float = 15.0,
        alive_within_s: float = 45.0,
        stall_s: float = 60.0,
    ) -> None:
        self._device = device
        self._stall_s = stall_s
        self._connection = log_in(device)
        self._alive = (alive_every_s, alive_within_s)
        self._closed = threading.Event()
        self._start_watching()

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout_s: float | None = 60.0,
    ) -> Completed:
        """Run a command to its end."""
        with self._start(argv, timeout_s) as exchange:
            exchange.feed(stdin)
            what = self._what(argv)
            stdout = b"".join(bounded(exchange.chunks(), MAX_OUTPUT_BYTES, what))
            status, stderr = exchange.finish()
        return Completed(exit_status=status, stdout=stdout, stderr=stderr)

    def lines(self, argv: Sequence[str]) -> Iterator[bytes]:
        """Run a command and yield its stdout line by line."""
        with self._start(argv, None) as exchange:
            exchange.feed(b"")
            rest = yield from lines_of(exchange.chunks(), self._what(argv))
            self._expect_success(argv, *exchange.finish())
            if rest:
                yield rest

    def download(self, argv: Sequence[str], target: Path, *, limit_bytes: int) -> None:
        """Run a command and write its stdout to `target`, which appears only when complete."""
        with (
            self._start(argv, None) as exchange,
            tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder,
        ):
            exchange.feed(b"")
            beside = Path(folder) / target.name
            with beside.open("wb") as file:
                file.writelines(bounded(exchange.chunks(), limit_bytes, self._what(argv)))
            self._expect_success(argv, *exchange.finish())
            beside.replace(target)

    def upload(
        self,
        source: Path,
        remote: PurePosixPath,
        *,
        offset: int = 0,
        progress: Callable[[int], None] | None = None,
    ) -> str | None:
        """Append the file's bytes from `offset` on to `remote`."""
        with self._start(write_command(remote, offset), None) as exchange:
            with source.open("rb", buffering=_READ_AHEAD_BYTES) as file:
                file.seek(offset)
                sent = 0
                while packet := file.read(exchange.packet_bytes):
                    if not exchange.send(packet, self._stall_s):
                        break
                    sent += len(packet)
                    if progress is not None:
                        progress(sent)
            exchange.end_stdin()
            stdout = b"".join(bounded(exchange.chunks(), MAX_OUTPUT_BYTES, str(remote)))
            status, stderr = exchange.finish()
        if status != 0:
            raise write_failed(self._device.name, remote, stderr)
        return written_digest(stdout)

    def renew(self) -> None:
        """Connect anew: the device looks up the user's groups at login."""
        self._connection.close()
        self._connection = log_in(self._device)
        self._start_watching()

    def close(self) -> None:
        """Close the connection; closing twice is harmless."""
        self._closed.set()
        self._connection.close()

    def _start(self, argv: Sequence[str], timeout_s: float | None) -> Exchange:
        command = command_line(argv)
        what = self._what(argv)
        channel = None
        try:
            channel = self._connection.open_session(timeout=timeout_s or CONNECT_TIMEOUT_S)
            channel.exec_command(command)
        except (paramiko.SSHException, EOFError, OSError) as error:
            was_answered = channel is not None or isinstance(error, paramiko.ChannelException)
            if was_answered and is_connected(self._connection):
                raise TransportError(
                    f"{what} was refused by the device: {error}.",
                    remedy="Check that the user may log in with a shell: "
                    f"`ssh {self._target()} true`.",
                ) from error
            reason = str(error).rstrip(".") or "the connection is closed"
            raise ConnectionLost(
                f"{what} could not be started: {reason}.",
                remedy="Run the same command again: it connects anew and goes on where it was.",
            ) from error
        return Exchange(channel, what, timeout_s)

    def _expect_success(self, argv: Sequence[str], status: int, stderr: str) -> None:
        if status != 0:
            command = command_line(argv)
            raise CommandFailed(
                f"{self._device.name}: `{shown(argv)}` ended with status "
                f"{status}: {stderr.strip() or 'it said nothing'}",
                remedy=f"Try it by hand: `ssh {self._target()} {shlex.quote(command)}`.",
                exit_status=status,
                stderr=stderr,
            )

    def _what(self, argv: Sequence[str]) -> str:
        return f"{self._device.name}: `{shown(argv)}`"

    def _target(self) -> str:
        endpoint = resolve(self._device)
        return f"-p {endpoint.port} {endpoint.user}@{endpoint.host}"

    def _start_watching(self) -> None:
        arguments = (self._connection, *self._alive)
        threading.Thread(target=self._watch, args=arguments, daemon=True).start()

    def _watch(self, connection: paramiko.Transport, every_s: float, within_s: float) -> None:
        """Close the connection once the device no longer answers, which frees all who wait on it.

        TCP alone would take a quarter of an hour to notice a pulled plug, and would never notice
        it behind a jump host.
        """
        while not self._closed.wait(every_s) and connection.is_active():
            patience = threading.Timer(within_s, connection.close)
            patience.daemon = True
            patience.start()
            try:
                connection.global_request("keepalive@openssh.com", wait=True)
            except (EOFError, OSError):
                return
            finally:
                patience.cancel()
