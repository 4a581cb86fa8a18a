"""Accuracy of retrieval: how often the best-ranked candidate is the right one, in percent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def is_found(ranking: Sequence[str], relevant: Sequence[str]) -> bool:
    """Tell whether the first candidate is a relevant one; an empty ranking has found none."""
    return bool(ranking) and ranking[0] in relevant


def top_one_accuracy(
    gold: Mapping[str, Sequence[str]], rankings: Mapping[str, Sequence[str]]
) -> float:
    """Return the percentage of queries whose best-ranked candidate is relevant.

    As XTREME scores Tatoeba: one nearest neighbour a query, compared with the gold row.

    Args:
        gold: Relevant candidate ids per query id, for at least one query.
        rankings: Candidate ids, best first, of each of these queries.

    Raises:
        ValueError: There is no query.
        KeyError: A query has no ranking.
    """
    if not gold:
        raise ValueError("There is no accuracy without queries.")
    found = [is_found(rankings[query], relevant) for query, relevant in gold.items()]
    return 100.0 * sum(found) / len(found)
