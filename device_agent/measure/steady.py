"""When a warm-up is over: found in the times of its own queries, not assumed from their number.

A few inputs take turns. Each query is compared with the same input one stretch earlier, so that
their lengths do not matter, and the median of these changes tells whether the level still moves.
The host replays it from the journalled times.

Source: Georges, Buytaert and Eeckhout, "Statistically rigorous Java performance evaluation",
OOPSLA 2007, look for the steady state in a window over the latest iterations; Barrett et al.,
"Virtual machine warmup blows hot and cold", OOPSLA 2017, find it to be a question of levels that
change, and that it is not always reached. Their coefficient of variation is not used: it tells a
noisy board from a quiet one rather than a cold one from a warm one.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter_ns

INPUTS = 4
"""So many of a turn's inputs take turns while the steady state is looked for."""

TOLERANCE = 0.02
"""Typical change from one stretch to the next, as a share, up to which times are steady."""

_LEAST_COMPARED = 4


@dataclass(frozen=True)
class Warmed:
    """What a warm-up took; fields as in `contract.upkeep.WarmUp`."""

    queries: int
    inputs: int
    times_ns: tuple[int, ...]
    steady: bool


def is_steady(times_ns: Sequence[int], inputs: int) -> bool:
    """Say whether the latest times are on the level of those one stretch before.

    Args:
        times_ns: Of queries over `inputs` inputs in turns, all of them above 0.
        inputs: How many take turns.
    """
    stretch = inputs * -(-_LEAST_COMPARED // inputs)
    if len(times_ns) < 2 * stretch:
        return False
    before, latest = times_ns[-2 * stretch : -stretch], times_ns[-stretch:]
    changes = [math.log(new / old) for old, new in zip(before, latest, strict=True)]
    return abs(statistics.median(changes)) <= math.log1p(TOLERANCE)


def warm_up(
    run: Callable[[int], object], inputs: int, *, least: int, more: int, more_s: float
) -> Warmed:
    """Run untimed queries until they are steady, or until the bound.

    Args:
        run: Runs one input by its number.
        inputs: How many there are.
        least: Queries before times are looked at.
        more: Queries after these at most; 0 does not look.
        more_s: Seconds that these take together at most.
    """
    for number in range(least):
        run(number % inputs)
    turns = max(1, min(inputs, INPUTS))
    times_ns: list[int] = []
    spent_ns = 0
    while len(times_ns) < more and spent_ns < more_s * 1e9 and not is_steady(times_ns, turns):
        started = perf_counter_ns()
        run(len(times_ns) % turns)
        times_ns.append(max(perf_counter_ns() - started, 1))
        spent_ns += times_ns[-1]
    return Warmed(
        queries=least + len(times_ns),
        inputs=turns,
        times_ns=tuple(times_ns),
        steady=is_steady(times_ns, turns),
    )


def ends_after(times_ns: Sequence[int], inputs: int, *, more: int, more_s: float) -> int | None:
    """Return after how many of these times such a warm-up ends; None if it goes on after all."""
    spent_ns = 0
    for count in range(len(times_ns) + 1):
        # More than two stretches are never looked at.
        recent = times_ns[max(0, count - 4 * INPUTS) : count]
        if count >= more or spent_ns >= more_s * 1e9 or is_steady(recent, inputs):
            return count
        if count < len(times_ns):
            spent_ns += times_ns[count]
    return None
