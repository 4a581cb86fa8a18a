"""Work without a pause: stretches, begun anew after an interruption."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.upkeep import StretchDone
from device_agent.journal import Journal
from device_agent.measure.stretches import Stretches
from device_agent.service.interrupt import StoppedError
from tests.device_agent.service.performance_runs import (
    PLAN,
    bodies,
    run_performance,
    two_variants,
)

SUSTAINED = msgspec.structs.replace(PLAN, sustained_s=2)


def test_all_variants_but_the_control_work_in_turns(tmp_path: Path) -> None:
    """Over the same queries, equally often, for as long as the plan says."""
    found = bodies(run_performance(two_variants(tmp_path, SUSTAINED), tmp_path), StretchDone)
    assert [(one.attempt, one.stretch) for one in found] == [(0, 0), (0, 1)]
    for one in found:
        assert [times.variant for times in one.variants] == ["a", "b"]
        assert {len(times.median_ns) for times in one.variants} == {PLAN.queries}
        assert len({times.runs for times in one.variants}) == 1
        assert one.took_ns >= 1e9
    assert len({one.sample_ids for one in found}) == 1


def test_a_cut_attempt_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The board has rested meanwhile, so its first minute is another."""
    spec = two_variants(tmp_path, SUSTAINED)
    stop = threading.Event()
    append = Journal.append

    def stopping(self: Journal, found: list[object]) -> int:
        seq = append(self, found)  # type: ignore[arg-type]
        if any(isinstance(one, StretchDone) for one in found):
            stop.set()
        return seq

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", stopping)
        with pytest.raises(StoppedError):
            run_performance(spec, tmp_path, stop=stop)
    found = bodies(run_performance(spec, tmp_path), StretchDone)
    assert [(one.attempt, one.stretch) for one in found] == [(0, 0), (1, 0), (1, 1)]
    again = bodies(run_performance(spec, tmp_path), StretchDone)
    assert again == found


def test_a_stretch_that_was_over_at_once_ran_its_queries_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy machine may stand still for longer than a stretch lasts."""
    monkeypatch.setattr(Stretches, "of", lambda _: Stretches(count=2, length_s=0.0))
    found = bodies(run_performance(two_variants(tmp_path, SUSTAINED), tmp_path), StretchDone)
    assert [[times.runs for times in one.variants] for one in found] == [[1, 1], [1, 1]]
    assert all(len(times.median_ns) == PLAN.queries for times in found[0].variants)
