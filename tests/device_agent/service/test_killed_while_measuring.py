"""An agent killed while it measures itself, or works without a pause, goes on as it was."""

from __future__ import annotations

import signal
from collections import Counter

import msgspec
import pytest

from device_agent.contract.runspec import Performance
from device_agent.contract.upkeep import NullTimed, OnOffPair, Reference, StretchDone
from host.analysis.evidence.verify import verify_bundle
from tests.agents import LocalAgent
from tests.tiny import TinyRun

PLAN = Performance(
    rounds=2,
    attempts=2,
    queries=5,
    warmup_queries=1,
    steady_queries=20,
    hold_conditions=True,
    null_queries=100,
    on_off_pairs=3,
    sustained_s=2,
)


@pytest.mark.slow
def test_kills_lose_nothing_and_double_nothing(local_agent: LocalAgent, tiny_run: TinyRun) -> None:
    """Killed after every few events, the run ends with all of it, and its bundle verifies."""
    local_agent.submit(
        msgspec.structs.replace(tiny_run.spec, modes=("performance",), performance=PLAN)
    )
    # The first start opens the baseline alone; each kill comes somewhere else in the plan.
    for more in (3, 6, 34, 18):
        seen = len(local_agent.events("tiny-1"))
        local_agent.start()
        local_agent.wait_for_events("tiny-1", seen + more)
        local_agent.kill(signal.SIGKILL)
    local_agent.start()
    assert local_agent.wait_for_end("tiny-1") == "finished"
    kinds = Counter(type(event.body) for event in local_agent.events("tiny-1"))
    assert (kinds[NullTimed], kinds[OnOffPair], kinds[Reference]) == (2, 3, 1)
    last = [e.body for e in local_agent.events("tiny-1") if isinstance(e.body, StretchDone)][-1]
    assert last.stretch == 1
    assert not verify_bundle(local_agent.folder("tiny-1").bundle).failures
