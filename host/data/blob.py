"""Writes rows as JSON Lines to a file that is named by its digest."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from device_agent.contract.codec import Document, encode
from device_agent.contract.errors import DataError


class RowDigest:
    """The SHA-256 of the file that `write_blob` would write, row by row."""

    def __init__(self) -> None:
        self._sha = hashlib.sha256()
        self.rows = 0

    def add(self, row: Document) -> bytes:
        """Take the next row in, and return its line."""
        line = encode(row) + b"\n"
        self._sha.update(line)
        self.rows += 1
        return line

    def hexdigest(self) -> str:
        return self._sha.hexdigest()


def write_blob(folder: Path, rows: Iterable[Document]) -> str:
    """Write the rows beside their place, then rename: a file with a digest's name is whole.

    Returns:
        The digest.

    Raises:
        DataError: The folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder, suffix=".part")
        part = Path(name)
        digest = RowDigest()
        try:
            with os.fdopen(descriptor, "wb") as file:
                for row in rows:
                    file.write(digest.add(row))
            part.replace(folder / digest.hexdigest())
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"{folder}: packed data cannot be written there: {error.strerror}.",
            remedy="Free space on that disk, or name a folder that this user may write to.",
        ) from error
    return digest.hexdigest()
