"""Finds the nearest candidates by cosine, exactly, on sides that may be larger than memory.

Both sides are read in blocks; what a search holds besides its inputs and its result stays below
`WORKING_BYTES`, for any number of rows and up to 100 neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

WORKING_BYTES = 64 * 2**20
"""What the smallest board can spare; at hidden size 1024 a search takes about two thirds of it."""

_QUERY_BYTES = 16 * 2**20
"""A block of queries as float32: the larger, the fewer passes over the candidates' file."""

_CANDIDATE_BYTES = 8 * 2**20
"""A block of candidates as float32."""

_COSINES = 2**20
"""Cosines of one block pair; picking the best of them takes four times their memory."""


@dataclass(frozen=True)
class Rows:
    """Rows of an array that may be mapped from disk.

    Attributes:
        vectors: float32 or float16 [all rows, hidden].
        picked: Which of them, in order; None for all.
    """

    vectors: npt.NDArray[np.floating[Any]]
    picked: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        """Return how many rows are picked."""
        return len(self.vectors if self.picked is None else self.picked)

    def unit(self, begin: int, end: int) -> npt.NDArray[np.float32]:
        """Return a block scaled to length 1, float32 [end - begin, hidden].

        A vector that is zero, or has no finite length, becomes zero: similar to nothing.
        """
        chosen = slice(begin, end) if self.picked is None else self.picked[begin:end]
        block = np.array(self.vectors[chosen], dtype=np.float32)
        with np.errstate(over="ignore"):
            lengths = np.sqrt(np.square(block).sum(axis=1, keepdims=True))
        usable = np.isfinite(lengths) & (lengths > 0)
        block[~usable[:, 0]] = 0
        block /= np.where(usable, lengths, 1)
        return block


@dataclass(frozen=True)
class Neighbours:
    """The nearest of the other side's rows, best first; of equal ones the earlier first.

    Attributes:
        indices: int32 [rows, neighbours], counted among the other side's picked rows.
        cosines: float32 [rows, neighbours].
    """

    indices: npt.NDArray[np.int32]
    cosines: npt.NDArray[np.float32]

    @classmethod
    def none_yet(cls, rows: int, neighbours: int) -> Neighbours:
        """Return a table in which any cosine beats what is there."""
        shape = (rows, neighbours)
        return cls(np.full(shape, -1, np.int32), np.full(shape, -np.inf, np.float32))

    def offer(self, begin: int, cosines: npt.NDArray[np.float32], first: int) -> None:
        """Take what is better than the worst kept neighbour into the table.

        Blocks of the other side must be offered in order, so that ties keep it.

        Args:
            begin: The table's row that the first row of `cosines` belongs to.
            cosines: float32 [rows, columns].
            first: The other side's row that the first column belongs to.
        """
        count = self.indices.shape[1]
        worst = self.cosines[begin : begin + len(cosines), -1:]
        better = cosines > worst
        hits = better.sum(axis=1, dtype=np.int32)
        crowded = np.flatnonzero(hits > count)
        if crowded.size:
            better[crowded] = _best(cosines[crowded], count)
            hits[crowded] = count
        touched = np.flatnonzero(hits)
        if not touched.size:
            return
        rows, columns = np.divmod(np.flatnonzero(better), cosines.shape[1])
        # Ragged hits stand left-aligned behind the kept neighbours; what is left over stays -inf.
        slot = np.repeat(np.arange(touched.size), hits[touched])
        place = np.arange(rows.size) - (np.cumsum(hits) - hits)[rows] + count
        merged = Neighbours.none_yet(touched.size, count + int(hits.max()))
        for table, kept, new in (
            (merged.cosines, self.cosines, cosines[rows, columns]),
            (merged.indices, self.indices, first + columns),
        ):
            table[:, :count] = kept[begin + touched]
            table[slot, place] = new
        order = np.argsort(-merged.cosines, axis=1, kind="stable")[:, :count]
        self.cosines[begin + touched] = np.take_along_axis(merged.cosines, order, axis=1)
        self.indices[begin + touched] = np.take_along_axis(merged.indices, order, axis=1)


def nearest(queries: Rows, candidates: Rows, count: int) -> Neighbours:
    """Return each query's nearest candidates; fewer than `count` where there are fewer."""
    count = min(count, len(candidates))
    found = Neighbours.none_yet(len(queries), count)
    for begin, first, cosines in _cosines(queries, candidates, count):
        found.offer(begin, cosines, first)
    return found


def nearest_both_ways(queries: Rows, candidates: Rows, count: int) -> tuple[Neighbours, Neighbours]:
    """Return each query's nearest candidates and each candidate's nearest queries.

    Both see the very same cosines, and each is computed once.
    """
    forward = Neighbours.none_yet(len(queries), min(count, len(candidates)))
    backward = Neighbours.none_yet(len(candidates), min(count, len(queries)))
    for begin, first, cosines in _cosines(queries, candidates, count):
        forward.offer(begin, cosines, first)
        backward.offer(first, cosines.T, begin)
    return forward, backward


def _cosines(
    queries: Rows, candidates: Rows, count: int
) -> Iterator[tuple[int, int, npt.NDArray[np.float32]]]:
    """Yield first query, first candidate and float32 [queries, candidates] of every block pair."""
    if not (len(queries) and len(candidates) and count > 0):
        return
    row_bytes = 4 * max(1, queries.vectors.shape[1])
    # Merging holds some tables of `count` columns besides the cosines.
    query_rows = min(_QUERY_BYTES // row_bytes, _COSINES // (4 * count), _COSINES, len(queries))
    query_rows = max(1, query_rows)
    candidate_rows = max(1, min(_CANDIDATE_BYTES // row_bytes, _COSINES // query_rows))
    for begin, end in _blocks(len(queries), query_rows):
        block = queries.unit(begin, end)
        for first, last in _blocks(len(candidates), candidate_rows):
            yield begin, first, block @ candidates.unit(first, last).T


def _blocks(count: int, size: int) -> Iterator[tuple[int, int]]:
    """Cut into blocks of nearly the same size.

    A last block of one row would go through another BLAS routine, which rounds in another way.
    Within a block, too, equal vectors may differ in a cosine's last bit by where they stand, so
    only equal cosines keep the candidates' order.
    """
    blocks = -(-count // size)
    for number in range(blocks):
        yield number * count // blocks, (number + 1) * count // blocks


def _best(cosines: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.bool_]:
    """Mark each row's `count` best cosines, fewer than its columns; of equal ones the earlier."""
    place = cosines.shape[1] - count
    limit = np.partition(cosines, place, axis=1)[:, [place]]
    above, tied = cosines > limit, cosines == limit
    room = count - above.sum(axis=1, dtype=np.int32)[:, None]
    best: npt.NDArray[np.bool_] = above | (tied & (np.cumsum(tied, axis=1, dtype=np.int32) <= room))
    return best
