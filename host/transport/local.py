"""A session with this machine: the same commands through subprocesses, without SSH."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from host.transport.bounds import bounded
from host.transport.command_line import command_line, shown
from host.transport.session import CommandFailed, Completed, ConnectionLost, TransportError
from host.transport.writing import write_failed

_CHUNK_BYTES = 1 << 20
_NOT_FOUND = 127
_NOT_EXECUTABLE = 126


class LocalSession:
    """Runs commands here; see `Session` for what the methods promise.

    Args:
        name: What messages call this machine.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout_s: float | None = 60.0,
    ) -> Completed:
        """Run a command to its end."""
        command_line(argv)
        try:
            done = subprocess.run(
                argv, input=stdin, capture_output=True, timeout=timeout_s, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise ConnectionLost(
                f"{self._what(argv)} did not end within {timeout_s} s.",
                remedy="Look at what it waits for, then run the same command again.",
            ) from error
        except OSError as error:
            # What a shell on the far end would answer.
            status = _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE
            return Completed(exit_status=status, stdout=b"", stderr=f"{argv[0]}: {error.strerror}")
        return Completed(
            exit_status=_status(done.returncode),
            stdout=done.stdout,
            stderr=done.stderr.decode("utf-8", errors="replace"),
        )

    def lines(self, argv: Sequence[str]) -> Iterator[bytes]:
        """Run a command and yield its stdout line by line."""
        with tempfile.TemporaryFile() as stderr, self._start(argv, stderr) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    yield line.removesuffix(b"\n")
            except BaseException:
                # A reader that stops early ends the command, as a closed connection would.
                process.terminate()
                raise
            self._expect_success(argv, process.wait(), stderr)

    def download(self, argv: Sequence[str], target: Path, *, limit_bytes: int) -> None:
        """Run a command and write its stdout to `target`, which appears only when complete."""
        with (
            tempfile.TemporaryFile() as stderr,
            tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder,
        ):
            beside = Path(folder) / target.name
            with beside.open("wb") as file, self._start(argv, stderr) as process:
                assert process.stdout is not None
                chunks = iter(partial(process.stdout.read, _CHUNK_BYTES), b"")
                try:
                    file.writelines(bounded(chunks, limit_bytes, self._what(argv)))
                except BaseException:
                    process.terminate()
                    raise
            self._expect_success(argv, process.wait(), stderr)
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
        sent = 0
        sha = hashlib.sha256()
        try:
            # What is to be continued must not be emptied, and need not be there any more.
            flags = os.O_WRONLY | os.O_CREAT | (0 if offset else os.O_TRUNC)
            with (
                os.fdopen(os.open(remote, flags, 0o666), "wb") as target,
                source.open("rb") as file,
            ):
                fcntl.flock(target, fcntl.LOCK_SH)
                if offset:
                    target.truncate(offset)
                    target.seek(offset)
                    file.seek(offset)
                while chunk := file.read(_CHUNK_BYTES):
                    target.write(chunk)
                    sha.update(chunk)
                    sent += len(chunk)
                    if progress is not None:
                        progress(sent)
                target.flush()
                os.fsync(target.fileno())
        except OSError as error:
            if error.filename == str(source):
                raise
            raise write_failed(self._name, remote, error.strerror or str(error)) from error
        return None if offset else sha.hexdigest()

    def renew(self) -> None:
        """Do nothing: this process stays who it is."""

    def close(self) -> None:
        """Nothing is open."""

    def _start(self, argv: Sequence[str], stderr: IO[bytes]) -> subprocess.Popen[bytes]:
        command_line(argv)
        try:
            return subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr
            )
        except OSError as error:
            raise TransportError(
                f"{self._what(argv)} cannot be started: {error.strerror}.",
                remedy=f"Check that it is there: `command -v {argv[0]}`.",
            ) from error

    def _expect_success(self, argv: Sequence[str], status: int, stderr: IO[bytes]) -> None:
        if status != 0:
            stderr.seek(0)
            said = stderr.read().decode("utf-8", errors="replace").strip()
            raise CommandFailed(
                f"{self._what(argv)} ended with status {_status(status)}: "
                f"{said or 'it said nothing'}",
                remedy=f"Try it by hand: `{command_line(argv)}`.",
                exit_status=_status(status),
                stderr=said,
            )

    def _what(self, argv: Sequence[str]) -> str:
        return f"{self._name}: `{shown(argv)}`"


def _status(returncode: int) -> int:
    """Return the exit status as a shell would: 128 and the signal's number."""
    return returncode if returncode >= 0 else 128 - returncode
