"""Scenario offline on the device, with all five heads: a run, its bundle, its report."""

from __future__ import annotations

import msgspec

from device_agent.contract.events import RoundDone
from device_agent.contract.runspec import Performance
from host.analysis.bundle import load_bundle
from host.analysis.evidence.verify import verify_bundle
from host.analysis.timing.speed import measure_speed
from tests.agents import LocalAgent
from tests.tiny import TinyRun


def test_every_head_runs_in_batches(local_agent: LocalAgent, tiny_run: TinyRun) -> None:
    """Classes, choices, tags, spans and vectors come out of padded batches; the bundle verifies."""
    plan = Performance(
        scenario="offline", batch_size=4, rounds=1, attempts=1, queries=20, warmup_queries=1
    )
    spec = msgspec.structs.replace(tiny_run.spec, modes=("performance",), performance=plan)
    local_agent.submit(spec)
    local_agent.start()
    assert local_agent.wait_for_end("tiny-1") == "finished"
    bundle = local_agent.folder("tiny-1").bundle
    assert not verify_bundle(bundle).failures
    (done,) = load_bundle(bundle).bodies(RoundDone)
    assert {task for block in done.blocks for task in block.tasks} == {
        "tatoeba",
        "udpos",
        "xcopa",
        "xnli",
        "xquad",
    }
    speed = measure_speed([done], "first", plan.scenario)
    assert speed is not None
    assert speed.queries_per_second > 0
