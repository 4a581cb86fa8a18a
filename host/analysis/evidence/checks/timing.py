"""Which times and token counts a query can have, so that sums and ratios of them exist."""

from __future__ import annotations

from device_agent.contract.events import Timing

MAX_QUERY_NS = 3_600_000_000_000
"""An hour: sums of as many queries as a run has stay within 64 bits."""

MAX_TOKENS = 2**31 - 1


def is_possible(timing: Timing) -> bool:
    """Tell whether a query took time and had tokens, neither beyond all bounds."""
    parts = (timing.tokenise_ns, timing.infer_ns, timing.decode_ns)
    if timing.encode_ns is not None and not 0 <= timing.encode_ns <= timing.tokenise_ns:
        return False
    return min(parts) >= 0 and 0 < sum(parts) <= MAX_QUERY_NS and 0 < timing.tokens <= MAX_TOKENS
