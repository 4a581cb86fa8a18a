"""The harness timed on its own, with an engine that only waits."""

from __future__ import annotations

import gc
import statistics

import msgspec
import pytest

from device_agent.contract.runspec import Performance
from device_agent.measure.harness import DELAY_NS, time_null_engine

SINGLE = Performance(rounds=1, attempts=1, queries=1, warmup_queries=0, null_queries=300)
OFFLINE = msgspec.structs.replace(SINGLE, scenario="offline", batch_size=8)


@pytest.mark.parametrize("plan", [SINGLE, OFFLINE], ids=["single-stream", "offline"])
def test_what_is_left_is_little(plan: Performance) -> None:
    """The wait is taken off; what calls and clocks add is far less than the wait itself."""
    excess = time_null_engine(plan)
    assert len(excess) == 300
    assert min(excess) >= 0
    assert statistics.median(excess) < DELAY_NS
    assert gc.isenabled()


def test_no_queries_take_no_time() -> None:
    """A plan of an older host asks for none."""
    assert time_null_engine(msgspec.structs.replace(SINGLE, null_queries=0)) == ()
