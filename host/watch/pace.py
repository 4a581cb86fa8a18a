"""How fast one variant answers: throughput and median latency of its latest queries."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from statistics import median

from device_agent.contract.runspec import Mode
from host.watch.state import Pace

_WINDOW = 200
"""Queries: enough for a steady median, few enough to show a slow-down within seconds."""


class PaceMeter:
    """Keeps the latest queries; those of another mode are another mix, so they start anew."""

    def __init__(self) -> None:
        self._mode: Mode = "accuracy"
        self._batched = False
        self._times_ns: deque[int] = deque(maxlen=_WINDOW)

    def add(self, mode: Mode, times_ns: Iterable[int], *, batched: bool = False) -> None:
        """Take in queries, each with its whole time: tokenise, infer, decode."""
        if mode != self._mode:
            self._mode, self._batched = mode, batched
            self._times_ns.clear()
        self._times_ns.extend(times_ns)

    def pace(self) -> Pace | None:
        """Return the pace; None before the first query."""
        total_ns = sum(self._times_ns)
        if total_ns <= 0:
            return None
        return Pace(
            mode=self._mode,
            queries=len(self._times_ns),
            queries_per_s=len(self._times_ns) * 1e9 / total_ns,
            p50_ms=None if self._batched else median(self._times_ns) / 1e6,
        )
