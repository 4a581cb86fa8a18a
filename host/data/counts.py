"""Counts samples by what they are for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from device_agent.contract.samples import Sample, SentenceInput


@dataclass(frozen=True)
class Counts:
    """How much there is.

    Attributes:
        queries: Samples that are scored.
        with_gold: How many of them have gold.
        pairs: How many of them have gold that names a candidate; in mining most have none.
        candidates: What retrieval looks them up among.
        tuning: Queries and candidates of the development set that a threshold is fitted on.
    """

    queries: int = 0
    with_gold: int = 0
    pairs: int = 0
    candidates: int = 0
    tuning: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            queries=self.queries + other.queries,
            with_gold=self.with_gold + other.with_gold,
            pairs=self.pairs + other.pairs,
            candidates=self.candidates + other.candidates,
            tuning=self.tuning + other.tuning,
        )

    @property
    def samples(self) -> int:
        """All that a device runs."""
        return self.queries + self.candidates + self.tuning


def count(samples: Iterable[Sample]) -> Counts:
    """Count the samples by what they are for."""
    return sum(map(count_one, samples), Counts())


def count_one(sample: Sample) -> Counts:
    """Return the counts of one sample."""
    if isinstance(sample.input, SentenceInput) and sample.input.tuning:
        return _ONE["tuning"]
    if not sample.is_scored:
        return _ONE["candidate"]
    if isinstance(sample.input, SentenceInput) and sample.gold:
        return _ONE["pair"]
    return _ONE["query" if sample.gold is None else "query with gold"]


_ONE = {
    "query": Counts(queries=1),
    "query with gold": Counts(queries=1, with_gold=1),
    "pair": Counts(queries=1, with_gold=1, pairs=1),
    "candidate": Counts(candidates=1),
    "tuning": Counts(tuning=1),
}
