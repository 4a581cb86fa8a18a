"""Replaces a text file of the inventory in one step, one process at a time."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from host.inventory.device import InventoryError


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other processes from changing the file between reading it and replacing it.

    Raises:
        InventoryError: The folder cannot be written.
    """
    lock = path.with_name(f".{path.name}.lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("ab")
    except OSError as error:
        raise _cannot_be_written(lock, error) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def replace_text(path: Path, text: str) -> None:
    """Write beside, fsync, rename; the folder is made where there is none.

    Raises:
        InventoryError: The folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    except OSError as error:
        raise _cannot_be_written(path, error) from error


def _cannot_be_written(path: Path, error: OSError) -> InventoryError:
    return InventoryError(
        f"{path}: cannot be written: {error}",
        remedy="Free space or fix the permissions, or name another folder in $XTREME_EDGE_HOME.",
    )


def _replace(path: Path, text: str) -> None:
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
