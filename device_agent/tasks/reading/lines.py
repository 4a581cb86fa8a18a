"""Reads the lines of one file of the benchmark."""

from __future__ import annotations

from pathlib import Path

from device_agent.contract.errors import DataError


def read_bytes(path: Path) -> bytes:
    """Return the file's content.

    Raises:
        DataError: There is no such file, or it cannot be read.
    """
    try:
        return path.read_bytes()
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


def read_lines(path: Path) -> list[str]:
    r"""Return the lines of a UTF-8 file without their ends, `\n` or `\r\n`.

    No other character ends a line: text of the benchmark has U+2028 and the like inside.

    Raises:
        DataError: There is no such file, or it is not UTF-8.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: not UTF-8 at byte {error.start}: {error.reason}.",
            remedy="Convert the file to UTF-8, or download it again.",
        ) from error
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines if lines[-1] else lines[:-1]


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
