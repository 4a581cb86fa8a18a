"""Whether queries stood still: a suspended board, a stopped process, a debugger.

After a pause caches are cold and clocks are down, so what follows is no steady state any more: the
round does not count, and the next one warms up again.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from itertools import groupby

from device_agent.contract.events import Block

PAUSE_S = 1.0
"""A longer one makes a round invalid."""

_TIMES_LONGER = 10


def awake_ns() -> int:
    """Return a clock that goes on while the board sleeps, where the kernel has one."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(clock)


def longest_pause_s(blocks: Sequence[Block]) -> float:
    """Return the longest time that some query took beyond what is thinkable for it; 0 if none did.

    Thinkable is ten times the median of its turn, times the square of its tokens over their median
    where it has more: attention grows no faster. A preemption is shorter, and a long text is no
    pause. The host computes it again.
    """
    longest = 0.0
    for block in blocks:
        rows = range(len(block.tokens))
        for _, group in groupby(rows, key=lambda row: block.tasks[row]):
            own = list(group)
            totals = [
                block.tokenise_ns[row] + block.infer_ns[row] + block.decode_ns[row] for row in own
            ]
            tokens = [block.tokens[row] for row in own]
            longest = max(longest, _beyond_s(totals, tokens))
    return longest


def _beyond_s(totals_ns: Sequence[int], tokens: Sequence[int]) -> float:
    typical_ns, typical_tokens = statistics.median(totals_ns), statistics.median(tokens)
    beyond = 0.0
    for total, count in zip(totals_ns, tokens, strict=True):
        scale = max(1.0, count / typical_tokens) ** 2 if typical_tokens else 1.0
        beyond = max(beyond, (total - _TIMES_LONGER * typical_ns * scale) / 1e9)
    return beyond
