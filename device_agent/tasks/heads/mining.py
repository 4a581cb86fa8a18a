"""Mines pairs of sentences that are translations, by the ratio margin of LASER and XTREME.

The margin (Artetxe and Schwenk 2019, arXiv 1811.01136; `mine_bitext` in XTREME's
`utils_retrieve.py`) is a pair's cosine over the mean cosine of both its sentences' neighbourhoods,
so that a sentence that is near to everything is no hub of wrong pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device_agent.tasks.heads.nearest import Neighbours, Rows, nearest_both_ways
from device_agent.tasks.protocol import Embedded

NEIGHBOURS = 4

_AT_ONCE = 2**16
"""Rows or pairs worked on at a time, for memory's sake."""


@dataclass(frozen=True)
class Mined:
    """Pairs, best first; no row of either side is in two of them.

    Attributes:
        queries: int64 [pairs], rows.
        candidates: int64 [pairs], rows.
        scores: float64 [pairs], the margins, above 0.
    """

    queries: npt.NDArray[np.int64]
    candidates: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]


def mine(queries: Embedded, candidates: Embedded) -> Mined:
    """Pair each side's rows with their best of the other side, best pairs first, none twice.

    A text that stands several times on its side takes part in the search once, and pairs with it
    are dropped from the result, as upstream does: nobody could say which of its ids is meant.
    Of equal margins the pair of the earlier query comes first. A pair whose neighbourhoods' mean
    is 0 has no ratio and is not mined; nor is one with a margin of 0 or below. Besides the search,
    400,000 sentences a side take some 80 MiB.
    """
    query_rows, candidate_rows = _one_of_each(queries), _one_of_each(candidates)
    forward, backward = nearest_both_ways(
        Rows(queries.vectors, query_rows), Rows(candidates.vectors, candidate_rows), NEIGHBOURS
    )
    mined = _best_without_reuse(forward, backward)
    query_rows, candidate_rows = query_rows[mined.queries], candidate_rows[mined.candidates]
    kept = ~(
        np.isin(query_rows, [*queries.same_as]) | np.isin(candidate_rows, [*candidates.same_as])
    )
    return Mined(query_rows[kept], candidate_rows[kept], mined.scores[kept])


def fit_threshold(
    scores: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], wanted: int
) -> float:
    """Return the least score of a pair at which the F1 of the development set is best.

    As upstream's `bucc_optimize`: the mean of the last score that counts and the next one; of
    equal F1 the higher threshold. Where the best is to count all pairs there is no next one:
    upstream fails there with an IndexError, here it is the last score itself. Where no pair is
    right, each threshold is as bad as another, and it is upstream's 0, which all pairs pass.

    Args:
        scores: float64 [pairs], descending.
        right: bool [pairs], whether the pair is gold.
        wanted: How many gold pairs there are.
    """
    if not right.any():
        return 0.0
    found = np.arange(1, len(scores) + 1)
    f1 = 2 * np.cumsum(right) / (found + wanted)
    last = int(np.argmax(f1))
    return float(scores[last : last + 2].mean())


def _one_of_each(side: Embedded) -> npt.NDArray[np.int64]:
    """Return the rows to search: of a text that stands several times the first."""
    seen: set[str] = set()
    again = []
    for row in sorted(side.same_as):
        text = side.same_as[row]
        if text in seen:
            again.append(row)
        seen.add(text)
    return np.delete(np.arange(len(side.ids), dtype=np.int64), again)


def _best_without_reuse(forward: Neighbours, backward: Neighbours) -> Mined:
    """Take both directions' best pairs in order of their margin, unless a row is taken already."""
    counts = len(forward.indices), len(backward.indices)
    around = [_mean(side) for side in (forward, backward)]
    to_candidate, forward_scores = _best_margins(forward, *around)
    to_query, backward_scores = _best_margins(backward, *reversed(around))
    queries = np.concatenate([np.arange(counts[0]), to_query])
    candidates = np.concatenate([to_candidate, np.arange(counts[1])])
    scores = np.concatenate([forward_scores, backward_scores])
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > 0]
    taken = bytearray(counts[0]), bytearray(counts[1])
    kept = np.zeros(len(order), dtype=np.bool_)
    for begin in range(0, len(order), _AT_ONCE):
        rows = order[begin : begin + _AT_ONCE]
        pairs = zip(queries[rows].tolist(), candidates[rows].tolist(), strict=True)
        for place, (query, candidate) in enumerate(pairs, start=begin):
            if not (taken[0][query] or taken[1][candidate]):
                taken[0][query] = taken[1][candidate] = 1
                kept[place] = True
    order = order[kept]
    return Mined(queries[order], candidates[order], scores[order])


def _mean(near: Neighbours) -> npt.NDArray[np.float64]:
    """Return the mean cosine of each row's neighbourhood; 0 where it has no neighbour."""
    neighbours = max(1, near.cosines.shape[1])
    mean: npt.NDArray[np.float64] = near.cosines.sum(axis=1, dtype=np.float64) / neighbours
    return mean


def _best_margins(
    near: Neighbours, own: npt.NDArray[np.float64], others: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the neighbour with the largest margin, and that margin, for each row.

    Args:
        near: Of one side's rows.
        own: float64 [rows], mean cosines around them.
        others: float64 [rows of the other side], mean cosines around those.
    """
    rows, neighbours = near.indices.shape
    best = np.zeros(rows, dtype=np.int64)
    scores = np.zeros(rows, dtype=np.float64)
    for begin in range(0, rows if neighbours else 0, _AT_ONCE):
        block = slice(begin, begin + _AT_ONCE)
        around = (own[block, None] + others[near.indices[block]]) / 2
        margins = np.divide(
            near.cosines[block], around, out=np.zeros_like(around), where=around != 0
        )
        column = margins.argmax(axis=1)[:, None]
        best[block] = np.take_along_axis(near.indices[block], column, axis=1)[:, 0]
        scores[block] = np.take_along_axis(margins, column, axis=1)[:, 0]
    return best, scores
