"""How many more seeds, samples or rounds would decide what is undecided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from host.analysis.score.accuracy import TIMES

MOST_SEEDS = 20

Decided = Callable[[int, float], bool]
"""Of so many seeds and so many times the samples: whether they would decide."""


@dataclass(frozen=True)
class Enough:
    """What would decide if means and variances stay as they are; None: within bounds nothing would.

    Attributes:
        seeds: So many in all, on the samples that there are.
        times: So many times the samples, with the seeds that there are.
        together: The least work of both, where neither would do alone.
    """

    seeds: int | None = None
    times: float | None = None
    together: tuple[int, float] | None = None


def enough(seeds: int, decided: Decided) -> Enough:
    """Return what would decide.

    Args:
        seeds: How many there are. One tells nothing about others, so only samples are tried.
        decided: What is asked.
    """
    more = range(seeds + 1, MOST_SEEDS + 1) if seeds > 1 else ()
    found = Enough(
        next((count for count in more if decided(count, 1.0)), None),
        next((times for times in TIMES if decided(seeds, times)), None),
    )
    if found != Enough():
        return found
    both = sorted(((c, t) for c in more for t in TIMES), key=lambda pair: pair[0] * pair[1])
    return Enough(together=next((pair for pair in both if decided(*pair)), None))
