"""Standard output that may be closed, full or too narrow for all characters: told, not raised."""

from __future__ import annotations

import io
import os
import sys
from types import TracebackType
from typing import Any

import click

_FAILED = 1


class _File(io.FileIO):
    """A file that remembers that it could not be written; Python's own buffers forget it."""

    failure: OSError | None = None

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.failure = error
            raise


class StandardOutput:
    """A context in which printing never ends in a traceback, not even at Python's own end."""

    def __init__(self) -> None:
        self._file: _File | None = None
        self._before = sys.stdout

    @property
    def is_broken(self) -> bool:
        """Something that was printed could not be written; the end of the context tells it."""
        return self._file is not None and self._file.failure is not None

    def __enter__(self) -> StandardOutput:
        if sys.stdout is None:
            # As with `>&-`.
            click.echo("error: standard output is closed: give it a file or a terminal.", err=True)
            sys.exit(_FAILED)
        try:
            self._file = _File(sys.stdout.fileno(), "wb", closefd=False)
        except (OSError, ValueError):
            # It is no file: a test looks at what is printed.
            return self
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(self._file),
            encoding=sys.stdout.encoding,
            errors="replace",
            line_buffering=self._file.isatty(),
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is None:
            return
        try:
            sys.stdout.flush()
        except OSError as error:
            self._file.failure = error
        failure = self._file.failure
        if failure is None:
            sys.stdout = self._before
            return
        # Python would try again when it ends, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._file.fileno())
        if not isinstance(failure, BrokenPipeError):
            click.echo(f"error: standard output cannot be written: {failure.strerror}.", err=True)
        sys.exit(_FAILED)
