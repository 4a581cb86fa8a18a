"""Rounds that go on until a verdict, on the device and in the host's hands."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import RoundDone
from device_agent.contract.runspec import Performance
from host.analysis.bundle import load_bundle
from host.analysis.comparison import compare
from host.analysis.evidence.checks.rounds import check_rounds
from host.analysis.evidence.verify import verify_bundle
from tests.agents import LocalAgent
from tests.host.bundles import Plan, make_bundle
from tests.tiny import TinyRun


@pytest.mark.slow
def test_a_run_ends_by_budget_and_verifies(local_agent: LocalAgent, tiny_run: TinyRun) -> None:
    """One second of timed work is little: the run is finished, and nothing of it is missing."""
    plan = Performance(
        rounds=500, attempts=500, queries=20, warmup_queries=1, until_decided=True, budget_s=1
    )
    spec = msgspec.structs.replace(tiny_run.spec, modes=("performance",), performance=plan)
    local_agent.submit(spec)
    local_agent.start()
    assert local_agent.wait_for_end("tiny-1") == "finished"
    bundle = local_agent.folder("tiny-1").bundle
    assert not verify_bundle(bundle).failures
    loaded = load_bundle(bundle)
    assert not loaded.manifest.missing
    assert 1 <= len(list(loaded.bodies(RoundDone))) < 500


def test_intervals_are_those_that_hold_at_every_look(tmp_path: Path) -> None:
    """The same rounds give a wider interval where the run was to end at a verdict."""
    widths = []
    for until_decided in (False, True):
        folder = make_bundle(tmp_path / str(until_decided), Plan(until_decided=until_decided))
        (candidate, *_) = compare([load_bundle(folder)], resamples=20).runs[0].candidates
        interval = candidate.latency.interval_95
        assert interval is not None
        widths.append(interval.high - interval.low)
    assert 1.3 < widths[1] / widths[0] < 2.5


def test_rounds_after_the_verdict_are_found(tmp_path: Path) -> None:
    """A device that goes on until it likes the result does not verify."""
    folder = make_bundle(tmp_path / "b", Plan(until_decided=True, rounds=60))
    messages = [failure.message for failure in check_rounds(load_bundle(folder))]
    assert any("as many as the spec wants" in message for message in messages)
