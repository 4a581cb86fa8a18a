"""A variant's turn: warmed up until it is steady, again in every round; memory for several."""

from __future__ import annotations

import gc
from itertools import groupby
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import RoundDone, SessionOpened
from device_agent.contract.upkeep import MemoryPlanned
from device_agent.measure.steady import ends_after, is_steady
from device_agent.runtimes.null import NullSession
from device_agent.tasks.protocol import Outputs, Row
from tests.device_agent.service.performance_runs import (
    PLAN,
    bodies,
    run_performance,
    two_variants,
)

STEADY = msgspec.structs.replace(PLAN, rounds=2, attempts=2, steady_queries=40)


def test_every_turn_warms_up_until_it_is_steady(tmp_path: Path) -> None:
    """After each load anew, apart from what counts, and as the host finds it again."""
    found = run_performance(two_variants(tmp_path, STEADY), tmp_path)
    for done in bodies(found, RoundDone):
        assert [one.variant for one in done.warmups] == [block.variant for block in done.blocks]
        for one in done.warmups:
            assert one.queries == 1 + len(one.times_ns)
            assert ends_after(one.times_ns, one.inputs, more=40, more_s=5) == len(one.times_ns)
            assert one.steady == is_steady(one.times_ns, one.inputs)
        assert all(len(block.tokens) == PLAN.queries for block in done.blocks)


def test_what_never_becomes_steady_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that takes longer each time reaches the bound, and the round says so."""
    calls: list[int] = []

    def slower(session: NullSession, row: Row) -> Outputs:
        calls.append(1)
        # Far more from pass to pass than a busy machine adds.
        session.delay_ns = int(1_000_000 * 1.3 ** min(len(calls), 14))
        return run(session, row)

    run = NullSession.run
    monkeypatch.setattr(NullSession, "run", slower)
    plan = msgspec.structs.replace(PLAN, steady_queries=12)
    spec = two_variants(tmp_path, plan)
    spec = msgspec.structs.replace(spec, variants=spec.variants[:1])
    (done,) = bodies(run_performance(spec, tmp_path), RoundDone)
    (one,) = done.warmups
    assert (len(one.times_ns), one.steady) == (12, False)


def test_offline_warms_up_by_batches(tmp_path: Path) -> None:
    """Batches are what is timed, so batches are what becomes steady."""
    plan = msgspec.structs.replace(STEADY, scenario="offline", batch_size=4)
    found = run_performance(two_variants(tmp_path, plan), tmp_path)
    for done in bodies(found, RoundDone):
        assert all(one.inputs == 1 and len(one.times_ns) >= 8 for one in done.warmups)


def test_no_collection_lies_between_warm_up_and_queries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would leave caches cold for the first of them."""
    log: list[str] = []
    run, collect = NullSession.run, gc.collect

    def row(session: NullSession, row: Row) -> Outputs:
        log.append("row")
        return run(session, row)

    def collected(generation: int = 2) -> int:
        log.append("collect")
        return collect(generation)

    monkeypatch.setattr(NullSession, "run", row)
    monkeypatch.setattr(gc, "collect", collected)
    spec = two_variants(tmp_path, PLAN)
    run_performance(msgspec.structs.replace(spec, variants=spec.variants[:1]), tmp_path)
    assert log == ["collect"] + ["row"] * (PLAN.warmup_queries + PLAN.queries)


def _runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return what is going to have the session of every row that is run."""
    log: list[int] = []
    run = NullSession.run

    def row(session: NullSession, row: Row) -> Outputs:
        log.append(id(session))
        return run(session, row)

    monkeypatch.setattr(NullSession, "run", row)
    return log


def test_variants_take_short_turns_in_alternating_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A moment in which the board is slow hits all of them: 2 of 6 queries, then the next."""
    log = _runs(monkeypatch)
    plan = msgspec.structs.replace(PLAN, turn_queries=2, warmup_queries=3)
    (done,) = bodies(run_performance(two_variants(tmp_path, plan), tmp_path), RoundDone)
    turns = [(session, len(list(rows))) for session, rows in groupby(log)]
    a, b, c = (session for session, _ in turns[:3])
    # The last of a sweep is the first of the next one, and runs on.
    assert turns == [(a, 5), (b, 5), (c, 5 + 3), (b, 3), (a, 3 + 3), (b, 3), (c, 3)]
    assert len({block.sample_ids for block in done.blocks}) == 1
    assert all(len(block.tokens) == PLAN.queries for block in done.blocks)


def test_only_a_first_turn_looks_for_the_steady_state(tmp_path: Path) -> None:
    """One warm-up per variant and task is journalled, however many turns there are."""
    plan = msgspec.structs.replace(STEADY, turn_queries=1)
    for done in bodies(run_performance(two_variants(tmp_path, plan), tmp_path), RoundDone):
        assert [one.variant for one in done.warmups] == [block.variant for block in done.blocks]


def test_turns_are_whole_where_each_loads_its_model(tmp_path: Path) -> None:
    """Loading it four times a round would take longer than the round."""
    plan = msgspec.structs.replace(PLAN, turn_queries=2)
    spec = two_variants(tmp_path, plan, "onnxruntime")
    found = run_performance(spec, tmp_path, _budget_bytes=20_000)
    assert len(bodies(found, SessionOpened)) == 3


def test_sessions_that_fit_are_open_together(tmp_path: Path) -> None:
    """They are loaded before the first turn, so that no load lies between turns."""
    found = run_performance(two_variants(tmp_path, PLAN, "onnxruntime"), tmp_path)
    (memory,) = bodies(found, MemoryPlanned)
    assert memory.together
    assert 0 < memory.sessions_bytes <= memory.budget_bytes
    assert len(bodies(found, SessionOpened)) == 3


def test_sessions_that_do_not_fit_are_loaded_for_their_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One at a time, closed after its turn: each variant has the memory that the others had."""
    from device_agent.runtimes.onnxruntime import OnnxSession

    open_now: list[int] = []
    most: list[int] = []
    init, close = OnnxSession.__init__, OnnxSession.close

    def opened(self: OnnxSession, *given: object) -> None:
        init(self, *given)  # type: ignore[arg-type]
        open_now.append(1)
        most.append(len(open_now))

    def closed(self: OnnxSession) -> None:
        close(self)
        open_now.pop()

    monkeypatch.setattr(OnnxSession, "__init__", opened)
    monkeypatch.setattr(OnnxSession, "close", closed)
    plan = msgspec.structs.replace(PLAN, rounds=2, attempts=2)
    found = run_performance(
        two_variants(tmp_path, plan, "onnxruntime"), tmp_path, _budget_bytes=20_000
    )
    (memory,) = bodies(found, MemoryPlanned)
    assert not memory.together
    assert memory.sessions_bytes > 20_000
    rounds = bodies(found, RoundDone)
    assert len(bodies(found, SessionOpened)) == 3 * len(rounds)
    assert set(most) == {1}
    assert open_now == []
