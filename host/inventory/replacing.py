"""Replaces a text file of the inventory in one step."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from host.inventory.device import InventoryError


def replace_text(path: Path, text: str) -> None:
    """Write beside, fsync, rename; the folder is made where there is none.

    Raises:
        InventoryError: The folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    except OSError as error:
        raise InventoryError(
            f"{path}: cannot be written: {error}",
            remedy="Free space or fix the permissions, or name another folder in "
            "$XTREME_EDGE_HOME.",
        ) from error


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
