"""A file of embeddings, one row a sample, written during a run and then mapped, not loaded.

A row is on the disk before the journal says that its sample is done (`sync`, then the journal's
commit), so after a power cut every finished sample has its row; what lies beyond is written again.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from device_agent.contract.errors import ContractError, DeviceError

Precision = Literal["float32", "float16"]

FLOAT32_LIMIT_BYTES = 512 << 20
"""Above it a task's vectors are halved: only BUCC and Mewsli-X, with up to 2.6 million sentences,
reach it (Tatoeba's 41 languages take 340 MB at 1,024 numbers a vector, LAReQA a tenth), and they
would fill a small card and drive the model out of a small board's page cache."""

# macOS, where only a demo runs, has no fdatasync; the file's size never changes, so it is enough.
_sync_data = getattr(os, "fdatasync", os.fsync)


def choose_precision(rows: int, hidden_size: int) -> Precision:
    """Return how the vectors of one variant and task are stored, all its languages together."""
    size_bytes = rows * hidden_size * np.dtype(np.float32).itemsize
    return "float32" if size_bytes <= FLOAT32_LIMIT_BYTES else "float16"


class EmbeddingFile:
    """Raw rows [rows, hidden] in native byte order; a context manager that closes the file.

    As float32 a vector is stored as it is. As float16 it is scaled to length 1 first: vectors are
    compared by cosine alone, and a pooled state of any size then neither overflows nor vanishes
    (largest value 65,504, spacing 6e-8 near 0). It moves a cosine by less than 0.001; with 768
    numbers a vector, by 5e-5.

    Args:
        path: The file.
        rows: How many vectors it holds in the end.
        hidden_size: Numbers a vector.
        precision: How a number is stored.
        begun: The journal has samples whose vectors must be in it. Otherwise it is made anew,
            its whole size taken from the disk at once: a lack of room is told before hours of work.

    Raises:
        DeviceError: There is no room, or vectors that the journal counts on are not there.
    """

    def __init__(
        self, path: Path, rows: int, hidden_size: int, precision: Precision, *, begun: bool
    ) -> None:
        self._path = path
        self._shape = (rows, hidden_size)
        self._type = np.dtype(precision)
        self._row_bytes = hidden_size * self._type.itemsize
        if begun:
            self._check()
        else:
            self._make()
        self._file = os.open(path, os.O_RDWR)

    def __enter__(self) -> EmbeddingFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a map of it stays valid."""
        os.close(self._file)

    def _check(self) -> None:
        expected = self._shape[0] * self._row_bytes
        found = self._path.stat().st_size if self._path.is_file() else None
        if found != expected:
            raise DeviceError(
                f"{self._path}: the vectors of samples that are done are damaged: found "
                f"{'no file' if found is None else f'{found} bytes'}, expected {expected} bytes.",
                remedy="Start a new run with `host run STUDY.yaml`; check the device's disk if it "
                "happens twice.",
            )

    def _make(self) -> None:
        try:
            _make_folder(self._path.parent)
            with self._path.open("wb") as file:
                size_bytes = self._shape[0] * self._row_bytes
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, size_bytes)
                else:
                    file.truncate(size_bytes)
                os.fsync(file.fileno())
            _sync_folder(self._path.parent)
        except OSError as error:
            raise self._no_room(error) from error

    def write(self, row: int, vector: npt.NDArray[np.float32]) -> None:
        """Write one vector; it is durable after the next `sync`.

        Args:
            row: 0-based; written again, it is replaced.
            vector: float32 [hidden].

        Raises:
            ContractError: It has another size than the artifact's manifest says.
            DeviceError: The disk is full or cannot be written.
        """
        if vector.shape != self._shape[1:]:
            raise ContractError(
                f"An embedding of {self._path.parent.name} has shape {list(vector.shape)}, "
                f"expected {[self._shape[1]]} from the artifact's manifest.",
                remedy="Export the artifact again with `host export STUDY.yaml`.",
            )
        left = memoryview(self._stored(vector).tobytes())
        offset = row * self._row_bytes
        try:
            while left:
                written = os.pwrite(self._file, left, offset)
                left, offset = left[written:], offset + written
        except OSError as error:
            raise self._no_room(error) from error

    def _stored(self, vector: npt.NDArray[np.float32]) -> npt.NDArray[np.floating[Any]]:
        if self._type == np.float32:
            return vector
        length = np.linalg.norm(vector.astype(np.float64))
        scaled: npt.NDArray[np.floating[Any]] = (vector / length if length else vector).astype(
            self._type
        )
        return scaled

    def sync(self) -> None:
        """Make every row written so far survive a power cut.

        Raises:
            DeviceError: The disk is full or cannot be written.
        """
        try:
            _sync_data(self._file)
        except OSError as error:
            raise self._no_room(error) from error

    def vectors(self) -> npt.NDArray[np.floating[Any]]:
        """Map the file for reading: float32 or float16 [rows, hidden]."""
        return np.memmap(self._path, dtype=self._type, mode="r", shape=self._shape)

    def _no_room(self, error: OSError) -> DeviceError:
        needed_mib = self._shape[0] * self._row_bytes / (1 << 20)
        return DeviceError(
            f"{self._path}: cannot write the vectors, {needed_mib:.1f} MiB in all: {error}",
            remedy="Check free space and write permission on the device (`df -h`, `mount`), "
            "then take the run up again with `host resume RUN`; it goes on where it was.",
        )


def _make_folder(folder: Path) -> None:
    """Make a folder and its parents, each of whose names then survives a power cut."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir()
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
