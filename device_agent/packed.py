"""A packed dataset, read one row at a time: it may hold a million rows, the board's memory not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from device_agent.contract import codec
from device_agent.contract.samples import Gold, InputRow, Sample

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_CHUNK_BYTES = 1 << 20


class PackedSamples:
    """The samples of one `InputRow` file, in its order; reading anew costs time, not memory.

    Args:
        path: The file.
        gold: Gold by sample id; far fewer rows than a large file has.
        source: What errors call the file.
    """

    def __init__(self, path: Path, gold: Mapping[str, Gold], source: str) -> None:
        self.gold = gold
        self._path = path
        self._source = source

    def __iter__(self) -> Iterator[Sample]:
        """Yield every sample in order, one held at a time.

        Raises:
            ContractError: A row is malformed.
        """
        with self._path.open("rb") as lines:
            for row, line in enumerate(lines):
                yield self._sample(row, line)

    def __len__(self) -> int:
        return len(self._line_ends)

    def __getitem__(self, row: int) -> Sample:
        """Read one sample by its 0-based row; the first access scans the file for line ends.

        Raises:
            ContractError: The row is malformed.
            IndexError: There is no such row.
        """
        if not 0 <= row < len(self):
            raise IndexError(row)
        begin = int(self._line_ends[row - 1]) if row else 0
        with self._path.open("rb") as file:
            file.seek(begin)
            return self._sample(row, file.read(int(self._line_ends[row]) - begin))

    def _sample(self, row: int, line: bytes) -> Sample:
        found = codec.decode(line, InputRow, source=f"{self._source} line {row + 1}")
        return Sample(id=found.id, input=found.input, gold=self.gold.get(found.id))

    @cached_property
    def _line_ends(self) -> npt.NDArray[np.int64]:
        """Offset behind each line; int64 [rows], 8 bytes a row."""
        import numpy as np  # The daemon is to be ready before this is loaded.

        ends = []
        size_bytes = 0
        with self._path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                found = np.flatnonzero(np.frombuffer(chunk, dtype=np.uint8) == ord("\n"))
                ends.append(found + size_bytes + 1)
                size_bytes += len(chunk)
        if size_bytes and (not ends[-1].size or ends[-1][-1] != size_bytes):
            ends.append(np.array([size_bytes]))
        return np.concatenate(ends) if ends else np.empty(0, dtype=np.int64)
