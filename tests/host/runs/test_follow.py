"""Following a run over connections that break."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from device_agent.contract import codec
from device_agent.contract.errors import RunError
from device_agent.contract.events import Event, StateChanged
from device_agent.contract.status import SignOfLife
from host.agent import Agent
from host.runs.event_log import EventLog
from host.runs.follow import follow
from host.transport.session import ConnectionLost, HostKeyError, TransportError


def event(seq: int, state: str = "running") -> Event:
    body = StateChanged(state=state)  # type: ignore[arg-type]
    return Event(seq=seq, boot_id="b", monotonic_ns=seq, utc="now", body=body)


class CutSession:
    """A session whose connection breaks after so many lines; the device goes on meanwhile."""

    def __init__(self, events: list[Event], cuts: list[int]) -> None:
        self._events = events
        self._cuts = cuts
        self.asked: list[int] = []

    def lines(self, argv: list[str]) -> Iterator[bytes]:
        after = int(argv[argv.index("--after") + 1])
        self.asked.append(after)
        length = self._cuts.pop(0) if self._cuts else len(self._events)
        for one in self._events[after : after + length]:
            yield codec.encode(one)
            yield b""
        if after + length < len(self._events):
            raise ConnectionLost("cut", remedy="wait")


@contextmanager
def agent_over(session: CutSession) -> Iterator[Agent]:
    from pathlib import PurePosixPath

    from device_agent.layout import Layout

    yield Agent(session, Layout(PurePosixPath("/s")), "d")  # type: ignore[arg-type]


EVENTS = [event(i) for i in range(1, 20)] + [event(20, "finished")]


def test_every_event_comes_once_in_spite_of_cuts(tmp_path: Path) -> None:
    """After each cut the stream goes on behind the last event, and the log has them all."""
    session = CutSession(EVENTS, [3, 0, 9])
    told: list[TransportError] = []
    found = list(
        follow(
            lambda: agent_over(session),
            "r",
            tmp_path / "log",
            patience_s=60,
            reconnecting=lambda error, _: told.append(error),
        )
    )
    assert found == EVENTS
    assert session.asked == [0, 3, 3, 12]
    assert len(told) == 3
    assert EventLog(tmp_path / "log").read() == EVENTS


def test_a_second_attach_asks_only_for_what_is_new(tmp_path: Path) -> None:
    """Events that the host has come from its own log."""
    (tmp_path / "log").write_bytes(b"".join(codec.encode(e) + b"\n" for e in EVENTS[:7]))
    session = CutSession(EVENTS, [])
    found = list(follow(lambda: agent_over(session), "r", tmp_path / "log", patience_s=60))
    assert found == EVENTS
    assert session.asked == [7]


def test_a_torn_line_of_a_killed_host_is_fetched_again(tmp_path: Path) -> None:
    """A log that ends in half an event is cut behind the last whole one."""
    whole = b"".join(codec.encode(e) + b"\n" for e in EVENTS[:4])
    (tmp_path / "log").write_bytes(whole + codec.encode(EVENTS[4])[:30])
    session = CutSession(EVENTS, [])
    assert list(follow(lambda: agent_over(session), "r", tmp_path / "log", patience_s=60)) == EVENTS
    assert session.asked == [4]
    assert EventLog(tmp_path / "log").read() == EVENTS


def test_patience_ends_with_the_error_of_the_last_attempt(tmp_path: Path) -> None:
    """A device that stays away is told as what it was, not waited for without end."""

    @contextmanager
    def unreachable() -> Iterator[Agent]:
        raise TransportError("no route to pi5", remedy="plug it in")
        yield

    with pytest.raises(TransportError, match="no route to pi5"):
        list(follow(unreachable, "r", tmp_path / "log", patience_s=0))


def test_a_run_that_has_ended_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its device is gone after the last event: that is the end, and nobody is told to wait."""
    monkeypatch.setattr("host.runs.follow._ENDED_PATIENCE_S", 0.0)
    session, told = CutSession(EVENTS, []), []
    connections = iter([True])

    @contextmanager
    def gone_after_the_end() -> Iterator[Agent]:
        if not next(connections, False):
            raise TransportError("no route to pi5", remedy="plug it in")
        with agent_over(session) as agent:
            yield agent
            raise ConnectionLost("cut", remedy="wait")

    events = follow(
        gone_after_the_end,
        "r",
        tmp_path / "log",
        patience_s=600,
        reconnecting=lambda error, _: told.append(error.message),
    )
    assert list(events) == EVENTS
    again = follow(gone_after_the_end, "r", tmp_path / "log", patience_s=600)
    assert list(again) == EVENTS
    assert told == []


def test_an_event_out_of_order_is_refused(tmp_path: Path) -> None:
    """A gap in the stream is an error, never a silent hole in the results."""
    session = CutSession([EVENTS[0], EVENTS[2]], [])
    with pytest.raises(codec.ContractError, match="event 3 after event 1"):
        list(follow(lambda: agent_over(session), "r", tmp_path / "log", patience_s=60))


def test_a_changed_host_key_ends_it_at_once(tmp_path: Path) -> None:
    """Another machine in the device's place is not asked a second time."""
    attempts = []

    @contextmanager
    def swapped() -> Iterator[Agent]:
        attempts.append(1)
        raise HostKeyError("THE HOST KEY HAS CHANGED", remedy="compare")
        yield

    with pytest.raises(HostKeyError, match="HAS CHANGED"):
        list(follow(swapped, "r", tmp_path / "log", patience_s=60))
    assert len(attempts) == 1


def test_signs_of_life_are_told_and_are_no_events(tmp_path: Path) -> None:
    """What the device says while nothing happens reaches the view and not the log."""

    class Quiet(CutSession):
        def lines(self, argv: list[str]) -> Iterator[bytes]:
            yield codec.encode(SignOfLife(ahead=2))
            yield codec.encode(SignOfLife())
            yield from super().lines(argv)

    told: list[SignOfLife] = []
    session = Quiet(EVENTS, [])
    log = tmp_path / "log"
    found = list(follow(lambda: agent_over(session), "r", log, patience_s=60, alive=told.append))
    assert told == [SignOfLife(ahead=2), SignOfLife()]
    assert found == EventLog(log).read() == EVENTS


def test_two_attaches_write_every_event_once(tmp_path: Path) -> None:
    """Both see all events; the log has each of them once, in order."""
    log = tmp_path / "log"
    both = [
        follow(lambda: agent_over(CutSession(EVENTS, [3, 4])), "r", log, patience_s=60)
        for _ in range(2)
    ]
    seen = [list(pair) for pair in zip(*both, strict=True)]
    assert seen == [[one, one] for one in EVENTS]
    assert EventLog(log).read() == EVENTS
    assert len(log.read_bytes().splitlines()) == len(EVENTS)


def test_a_log_that_is_a_folder_is_told(tmp_path: Path) -> None:
    """What cannot be written is an error with a remedy, before the device is asked."""
    (tmp_path / "log").mkdir()
    with pytest.raises(RunError, match="log cannot be written: Is a directory"):
        list(
            follow(lambda: agent_over(CutSession(EVENTS, [])), "r", tmp_path / "log", patience_s=1)
        )
