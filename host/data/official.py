"""Compares what there is of a task with the benchmark's own test set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from host.data.counts import Counts
from host.scoring.benchmark import TASKS, Size

_ABOUT = 0.95
"""Sizes are approximate: a reader may leave out a few questions, a later release a few rows."""

SMALLER = "smaller than the benchmark's test set, so scores are not comparable with published ones"


@dataclass(frozen=True)
class Extent:
    """What there is of one task's test set, in the benchmark's unit, and what the benchmark has.

    Attributes:
        fewest: Of the smallest language.
        most: Of the largest language.
        pool: Candidates that belong to no language; None where the task has none of that kind.
        official: Of the benchmark.
        is_smaller: Whether some of it is missing for sure. The benchmark's sizes are known of its
            smallest and largest language only, so that False promises nothing.
    """

    task: str
    fewest: int
    most: int
    pool: int | None
    official: Size
    is_smaller: bool

    def to_json(self) -> dict[str, object]:
        """Return plain values; `examples` are counted in the benchmark's unit."""
        return {
            "smaller": self.is_smaller,
            "unit": self.official.unit,
            "least": self.fewest,
            "most": self.most,
            "benchmark_least": self.official.least,
            "benchmark_most": self.official.most,
            "pool": self.pool,
            "benchmark_pool": self.official.pool,
        }

    def __str__(self) -> str:
        size = self.official
        text = f"{_span(self.fewest, self.most)} of about {_span(size.least, size.most)}"
        text = f"{text} {size.unit} a language"
        if self.pool is not None and size.pool is not None and self.pool < size.pool:
            text += f"; pool {self.pool:,} of {size.pool:,}"
        return text


def extent(
    task: str,
    languages: Sequence[Counts],
    pool: Counts | None,
    *,
    has_all: bool,
    is_cut: bool = False,
) -> Extent | None:
    """Compare a task's languages with the benchmark's; None without any.

    Args:
        task: Its name.
        languages: What each language has.
        pool: What belongs to no language.
        has_all: Whether these are all languages of the task, so that the largest is among them.
        is_cut: Whether a study takes a part of what is there.
    """
    if not languages:
        return None
    size = next(known.size for known in TASKS if known.name == task)
    # BUCC's sets are told by their gold pairs: most of its sentences have no partner.
    found = [one.pairs if task == "bucc2018" else one.queries for one in languages]
    candidates = None if pool is None else pool.candidates
    is_smaller = (
        is_cut
        or min(found) < _ABOUT * size.least
        or (has_all and max(found) < _ABOUT * size.most)
        or (size.pool is not None and (candidates or 0) < _ABOUT * size.pool)
    )
    return Extent(task, min(found), max(found), candidates, size, is_smaller)


def _span(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
