"""Draws a subset by seed: the same one on every machine, and parallel rows in every language."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from device_agent.contract.samples import Sample


def draw(samples: Sequence[Sample], limit: int, *, language: str, seed: int) -> list[Sample]:
    """Return at most `limit` samples in reading order.

    A sample's rank is the SHA-256 of the seed and its id without the language, so that a task with
    parallel rows yields the same rows in each language. Retrieval keeps every candidate: the limit
    is on the queries, since a smaller pool would make the task another, easier one.

    Args:
        samples: One task in one language.
        limit: Samples wanted, for retrieval queries wanted.
        language: Stands before the row in ids such as `de-17`.
        seed: Another seed draws another subset.
    """
    drawable = [sample.id for sample in samples if sample.is_scored]
    ranked = sorted(drawable, key=lambda id_: _rank(id_.removeprefix(f"{language}-"), seed))
    chosen = set(ranked[:limit])
    return [sample for sample in samples if sample.id in chosen or not sample.is_scored]


def _rank(row: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{row}".encode()).digest()
