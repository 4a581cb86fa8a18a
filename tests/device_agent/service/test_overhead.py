"""What the agent adds is measured in every run, once, and survives an interruption."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import RoundDone
from device_agent.contract.upkeep import NullTimed, OnOffPair
from device_agent.journal import Journal
from device_agent.service import overhead
from device_agent.service.interrupt import StoppedError
from device_agent.service.turns import Turn, Turns
from device_agent.telemetry.sampler import Sampler
from tests.device_agent.service.performance_runs import (
    PLAN,
    bodies,
    run_performance,
    two_variants,
)

MEASURED = msgspec.structs.replace(PLAN, null_queries=100, on_off_pairs=3)


@pytest.fixture(autouse=True)
def _rest_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overhead, "_REST_S", 0.0)


def test_the_null_engine_is_timed_before_and_after(tmp_path: Path) -> None:
    """In the session of the rounds, on both of their sides."""
    found = run_performance(two_variants(tmp_path, MEASURED), tmp_path)
    kinds = [type(body) for body in found if isinstance(body, (NullTimed, RoundDone))]
    assert kinds == [NullTimed, RoundDone, NullTimed]
    assert [one.phase for one in bodies(found, NullTimed)] == ["before", "after"]
    assert {len(one.excess_ns) for one in bodies(found, NullTimed)} == {100}


def test_pairs_are_of_the_baseline_in_one_session(tmp_path: Path) -> None:
    """Watched and alone take turns in coming first, over the same queries."""
    found = run_performance(two_variants(tmp_path, MEASURED), tmp_path)
    pairs = bodies(found, OnOffPair)
    assert [(one.pair, one.first) for one in pairs] == [
        (0, "watched"),
        (1, "alone"),
        (2, "watched"),
    ]
    for one in pairs:
        assert len(one.watched_ns) == len(one.alone_ns) == PLAN.queries
        assert one.took_ns > sum(one.watched_ns) + sum(one.alone_ns)


def test_only_watched_turns_have_us_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sensors and journal come right before a watched turn, and the meter runs in it."""
    log: list[str] = []
    take, snapshot, append = Turns.take, Sampler.snapshot, Journal.append

    def turn(self: Turns, *given: object, watched: bool = True, **named: object) -> Turn:
        log.append("watched" if watched else "alone")
        return take(self, *given, watched=watched, **named)  # type: ignore[arg-type]

    def sensors(self: Sampler) -> object:
        log.append("sensors")
        return snapshot(self)

    def journal(self: Journal, found: list[object]) -> int:
        log.extend("pair" for one in found if isinstance(one, OnOffPair))
        return append(self, found)  # type: ignore[arg-type]

    monkeypatch.setattr(Turns, "take", turn)
    monkeypatch.setattr(Sampler, "snapshot", sensors)
    monkeypatch.setattr(Journal, "append", journal)
    run_performance(two_variants(tmp_path, MEASURED), tmp_path)
    assert log[:9] == [
        *("sensors", "watched", "alone"),
        *("alone", "pair", "sensors", "watched"),
        *("pair", "sensors"),
    ]


def test_an_interrupted_run_goes_on_with_the_next_pair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pair is there whole or not at all, and none twice."""
    spec = two_variants(tmp_path, MEASURED)
    stop = threading.Event()
    append = Journal.append

    def stopping(self: Journal, found: list[object]) -> int:
        seq = append(self, found)  # type: ignore[arg-type]
        if any(isinstance(one, OnOffPair) for one in found):
            stop.set()
        return seq

    monkeypatch.setattr(Journal, "append", stopping)
    with pytest.raises(StoppedError):
        run_performance(spec, tmp_path, stop=stop)
    monkeypatch.undo()
    monkeypatch.setattr(overhead, "_REST_S", 0.0)
    found = run_performance(spec, tmp_path)
    assert [one.pair for one in bodies(found, OnOffPair)] == [0, 1, 2]
    assert [one.phase for one in bodies(found, NullTimed)] == ["before", "after"]


def test_an_older_plan_measures_none_of_it(tmp_path: Path) -> None:
    """What a host did not ask for costs nothing."""
    found = run_performance(two_variants(tmp_path, PLAN), tmp_path)
    assert not bodies(found, NullTimed)
    assert not bodies(found, OnOffPair)
