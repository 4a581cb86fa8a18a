"""Reads the lines of one file of the benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from device_agent.contract.errors import DataError


def read_bytes(path: Path) -> bytes:
    """Return the file's content.

    Raises:
        DataError: There is no such file, or it cannot be read.
    """
    with _readable(path):
        return path.read_bytes()


def read_lines(path: Path) -> list[str]:
    r"""Return the lines of a UTF-8 file without their ends, `\n` or `\r\n`.

    No other character ends a line: text of the benchmark has U+2028 and the like inside.

    Raises:
        DataError: There is no such file, or it is not UTF-8.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(path, error) from error
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines if lines[-1] else lines[:-1]


def stream_lines(path: Path) -> Iterator[str]:
    """Yield what `read_lines` returns, one line in memory at a time.

    Raises:
        DataError: There is no such file, or a line is not UTF-8.
    """
    begin = 0
    with _readable(path), path.open("rb") as file:
        for line in file:
            try:
                text = line.decode() if begin else line.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise _not_utf8(path, error, begin) from error
            begin += len(line)
            yield text.removesuffix("\n").removesuffix("\r")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what the system says of a file into a `DataError`."""
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(
            f"{path}: there is no such file.",
            remedy="Name the folder of the whole download, the one that holds xnli/, udpos/, "
            "labels/ and so on, or leave this task, language or split out.",
        ) from error
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read: {error.strerror}.",
            remedy="Make it a file that this user may read.",
        ) from error


def _not_utf8(path: Path, error: UnicodeDecodeError, begin: int = 0) -> DataError:
    return DataError(
        f"{path}: not UTF-8 at byte {begin + error.start}: {error.reason}.",
        remedy="Convert the file to UTF-8, or download it again.",
    )


def malformed(path: Path, line: int, found: str, expected: str) -> DataError:
    """Return the error for one bad line, numbered from 1."""
    return DataError(
        f"{path}, line {line}: found {found}, expected {expected}.",
        remedy="Download the file again, or correct this line.",
    )


def unequal(path: Path, found: int, inputs: Path, expected: int, unit: str) -> DataError:
    """Return the error for a gold file that does not go with its inputs."""
    return DataError(
        f"{path}: found {found} {unit}, expected {expected}, as many as {inputs} has.",
        remedy="Take the labels and the inputs from the same version of the download.",
    )


def shorten(text: str) -> str:
    """Return a piece of text to name in a message."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
