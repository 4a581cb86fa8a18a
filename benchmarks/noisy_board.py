"""A simulated board's moods: how long each query takes there, whatever is measured on it.

Time is counted in queries. What a real board does to latency is put together from parts that are
known: it warms up and drifts, its speed at one moment is like its speed a moment before, it steps
down when it throttles, single queries take much longer, and where a session lands in memory makes
it faster or slower for as long as it lives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

MEMORY = 0.999
"""Autocorrelation of the mood from one query to the next: it lasts for about a thousand."""


@dataclass(frozen=True)
class Board:
    """How a board behaves; all sizes are standard deviations or differences of log time.

    Attributes:
        drift: By how much it has slowed down at the session's end.
        mood: Of the autocorrelated speed.
        query: Of single queries, independent.
        spikes: Share of queries that take up to twenty times as long (Pareto, infinite variance).
        luck: Of a session's place in memory, drawn anew with every session.
        throttle: By how much it slows down when it throttles.
        throttle_share: Share of the time that it does; it lasts for about 200 queries.
        sensed: Throttling can be seen by the gate.
    """

    name: str
    drift: float = 0.0
    mood: float = 0.01
    query: float = 0.05
    spikes: float = 0.0
    luck: float = 0.004
    throttle: float = 0.3
    throttle_share: float = 0.0
    sensed: bool = True


BOARDS = (
    Board("quiet"),
    Board("drifting", drift=0.15),
    Board("moody", mood=0.08),
    Board("heavy tails", spikes=0.01),
    Board("lucky sessions", luck=0.015),
    Board("throttling, sensed", throttle_share=0.15),
    Board("throttling, unseen", throttle_share=0.15, sensed=False),
    Board("all at once", drift=0.1, mood=0.05, spikes=0.005, luck=0.01, throttle_share=0.1),
)


@dataclass(frozen=True)
class Session:
    """A stretch of the board's time; both arrays are [queries].

    Attributes:
        slowness: Log factor on every query's time, float64.
        throttled: Whether it throttled then, bool.
    """

    slowness: Floats
    throttled: Booleans


def spend(board: Board, queries: int, random: np.random.Generator) -> Session:
    """Return so many queries' worth of the board's time."""
    shocks = random.normal(scale=board.mood * np.sqrt(1 - MEMORY**2), size=queries)
    shocks[0] = random.normal(scale=board.mood)
    mood = lfilter([1.0], [1.0, -MEMORY], shocks)
    throttled = _spells(board.throttle_share, queries, random)
    slowness = mood + board.drift * np.linspace(0, 1, queries) + board.throttle * throttled
    slowness += random.normal(scale=board.query, size=queries)
    spiked = random.random(queries) < board.spikes
    slowness[spiked] += np.log(np.minimum(1 + random.pareto(1.2, int(spiked.sum())), 20))
    return Session(slowness, throttled)


def _spells(share: float, queries: int, random: np.random.Generator) -> Booleans:
    """Return a two-state Markov chain whose "on" lasts 200 queries in the mean."""
    if share == 0:
        return np.zeros(queries, dtype=bool)
    on, off = 200.0, 200.0 * (1 - share) / share
    state = bool(random.random() < share)
    found = np.empty(queries, dtype=bool)
    at = 0
    while at < queries:
        lasting = int(random.geometric(1 / (on if state else off)))
        found[at : at + lasting] = state
        at += lasting
        state = not state
    return found
