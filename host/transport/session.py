"""What a connection to a device can do; `ssh` and `local` are the two ways to have one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from device_agent.contract.errors import XtremeEdgeError


class TransportError(XtremeEdgeError):
    """No connection could be made, or the device refused it: nothing was changed."""


class HostKeyError(TransportError):
    """The device shows no host key that is trusted: trying again would not change that."""


class ConnectionLost(TransportError):  # noqa: N818 (it is an event, and retried)
    """An open connection broke; what was sent or received whole stays valid."""


class CommandFailed(TransportError):  # noqa: N818 (it is an event: the connection is fine)
    """A remote command ended with a non-zero status.

    Attributes:
        exit_status: As a shell would tell it.
        stderr: What the command said.
    """

    def __init__(self, message: str, *, remedy: str, exit_status: int, stderr: str) -> None:
        super().__init__(message, remedy=remedy)
        self.exit_status = exit_status
        self.stderr = stderr


@dataclass(frozen=True)
class Completed:
    """A remote command that has ended."""

    exit_status: int
    stdout: bytes
    stderr: str


class Session(Protocol):
    """One open connection. Commands are argv lists; the session quotes them once."""

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout_s: float | None = 60.0,
    ) -> Completed:
        """Run a command to its end; a non-zero exit status is returned, not raised.

        Raises:
            ConnectionLost: The connection broke, or the command outlasted the timeout.
        """

    def lines(self, argv: Sequence[str]) -> Iterator[bytes]:
        """Run a command and yield its stdout line by line as it comes, without line ends.

        Raises:
            ConnectionLost: The connection broke before the command ended.
            CommandFailed: The command ended with a non-zero status.
        """

    def download(self, argv: Sequence[str], target: Path, *, limit_bytes: int) -> None:
        """Run a command and write its stdout to `target`, which appears only when complete.

        Raises:
            ConnectionLost, CommandFailed: As `lines`.
            TransportError: More than `limit_bytes` came; they are not kept.
        """

    def upload(
        self,
        source: Path,
        remote: PurePosixPath,
        *,
        offset: int = 0,
        progress: Callable[[int], None] | None = None,
    ) -> str | None:
        """Append the file's bytes from `offset` on to `remote`; `progress` gets bytes sent so far.

        Returns the SHA-256 of `remote` as the far end computed it while it wrote; None where it
        did not, as after an offset. While it is written, `remote` has a shared lock (flock), by
        which others see that it is.

        Raises:
            ConnectionLost: It broke; the remote file has a valid prefix, to be continued.
            TransportError: The device could not write (the message says why, e.g. disk full).
        """

    def renew(self) -> None:
        """Connect anew, as after a login that changes what the user may.

        Raises:
            TransportError: No connection could be made.
        """

    def close(self) -> None:
        """Close the connection; closing twice is harmless."""
