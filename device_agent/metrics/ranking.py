"""Mean average precision of rankings, cut at a depth: Mewsli-X and LAReQA in XTREME-R."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

DEPTH = 20
"""How far XTREME-R looks down a ranking (`TOP_K` in its `utils_mewslix.py`)."""


def average_precision(ranking: Sequence[str], relevant: Sequence[str], depth: int = DEPTH) -> float:
    """Return the average precision at `depth`, 0 to 1.

    The precisions at the ranks of the relevant candidates, summed, over the most that can stand
    within the depth: min(targets, depth), so a perfect ranking has 1 however many targets there
    are. With one target it is the reciprocal rank, 0 beyond the depth.

    Args:
        ranking: Candidate ids, best first; a repeated one takes a rank and counts once.
        relevant: At least one candidate id.
        depth: Candidates looked at.

    Raises:
        ValueError: No candidate is relevant.
    """
    targets = set(relevant)
    if not targets:
        raise ValueError("There is no precision without a relevant candidate.")
    most = min(len(targets), depth)
    found = 0
    precisions = 0.0
    for rank, candidate in enumerate(ranking[:depth], start=1):
        if candidate in targets:
            targets.remove(candidate)
            found += 1
            precisions += found / rank
    return precisions / most


def mean_average_precision(
    gold: Mapping[str, Sequence[str]], rankings: Mapping[str, Sequence[str]], depth: int = DEPTH
) -> float:
    """Return the mean over all queries, in percent; a query without a ranking counts 0.

    With one relevant candidate a query this is the mean reciprocal rank, as `evaluate` in
    XTREME-R's `utils_mewslix.py` has it. LAReQA has no scorer there: its paper (Roy et al. 2020)
    defines mAP over the whole pool, XTREME-R (Ruder et al. 2021) cuts it at 20.

    Args:
        gold: Relevant candidate ids per query id, for at least one query.
        rankings: Candidate ids, best first, per query id; queries without gold are passed over.
        depth: Candidates looked at.

    Raises:
        ValueError: There is no query, or one without a relevant candidate.
    """
    if not gold:
        raise ValueError("There is no precision without queries.")
    precisions = [
        average_precision(rankings.get(query, ()), relevant, depth)
        for query, relevant in gold.items()
    ]
    return 100.0 * sum(precisions) / len(precisions)
