"""What is shown of a device as its news come, and as they do not."""

from __future__ import annotations

import dataclasses
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from device_agent.contract.events import Event, SampleDone, Timing
from host.watch import news
from host.watch.device_fold import SILENT_AFTER_S, DeviceFold
from host.watch.page import render_device
from host.watch.state import DeviceState
from tests.host.watch.made import (
    BOOT,
    DEVICE,
    fold_of,
    reading,
    run_status,
    small_run,
    status,
    words_of,
)
from tests.host.watch.test_terminal import drawn

RUN = small_run()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(RUN.events)), st.sampled_from([40, 80, 200]))
def test_any_prefix_of_a_journal_renders(length: int, width: int) -> None:
    """In a terminal of any width, as a page, and as JSON."""
    view = fold_of(words_of(RUN, length)).view(1.0)
    assert RUN.spec.run_id[:20] in drawn(view, width=width)
    assert RUN.spec.run_id in render_device(view)
    assert json.loads(json.dumps(dataclasses.asdict(view)))["name"] == "pi5"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(words_of(RUN, 12)), max_size=30), st.booleans())
def test_words_in_any_order_render(words: list[news.News], lost: bool) -> None:
    """A connection may break, and come back, between any two."""
    gone = [news.Disconnected("cut", "wait")] if lost else []
    view = fold_of([*words, *gone]).view(1.0)
    assert drawn(view, width=80)
    assert render_device(view)
    assert (view.link == "lost") == lost


def test_a_device_that_says_nothing_is_silent() -> None:
    """A connection that is there, and over which nothing comes, is never shown as live."""
    fold = fold_of(words_of(RUN, 9), at_s=10.0)
    assert fold.view(10.0 + SILENT_AFTER_S).link == "connected"
    view = fold.view(10.5 + SILENT_AFTER_S)
    assert (view.link, view.heard_age_s) == ("silent", SILENT_AFTER_S + 0.5)


def test_a_lost_device_keeps_what_was_known_and_says_how_old_it_is() -> None:
    """The run goes on there; it is the view that is old."""
    fold = fold_of(words_of(RUN, 9), at_s=10.0)
    fold.add(news.Disconnected("pi5: the connection broke.", "Check power."), at_s=12.0)
    view = fold.view(60.0)
    assert (view.link, view.heard_age_s) == ("lost", 50.0)
    assert view.live
    assert view.live[0].done > 0
    fold.add(news.Connected(), at_s=61.0)
    assert (fold.view(61.0).link, fold.view(61.0).link_reason) == ("connected", None)


def test_a_changed_host_key_is_refused_for_good() -> None:
    """Nothing tries again, and the view says so."""
    fold = fold_of([news.Disconnected("key", "remove it", is_final=True)])
    assert fold.view(0.0).link == "refused"
    assert "REFUSED" in drawn(fold.view(0.0), width=80)


def test_a_device_without_an_agent_is_reached() -> None:
    """It answers, and has nobody who could tell of runs."""
    view = fold_of([news.Connected(), news.AgentAbsent("no agent", "deploy")]).view(0.0)
    assert (view.link, view.serving, view.link_reason) == ("connected", None, "no agent")


def test_a_first_look_waits_for_status_sensors_and_events() -> None:
    """Or for the connection to fail."""
    words = words_of(RUN, 0)
    told = status(run_status(RUN.spec.run_id, seq=2))
    fold = DeviceFold(DEVICE)
    for word, settled in [
        (words[0], False),
        (news.StatusCame(told), False),
        (news.NoReadings("no python"), False),
        (news.Followed(RUN.spec.run_id, RUN.spec), False),
        (news.EventCame(RUN.spec.run_id, RUN.events[0]), False),
        (news.EventCame(RUN.spec.run_id, RUN.events[1]), True),
        (news.Disconnected("cut", "wait"), True),
    ]:
        fold.add(word, 0.0)
        assert fold.is_settled(0.0) == settled, word


def test_the_last_events_age_is_the_devices_own() -> None:
    """By the clock that comes with its sensors."""
    run_id = RUN.spec.run_id
    event = Event(seq=1, boot_id=BOOT, monotonic_ns=0, utc="", body=RUN.events[0].body)
    fold = fold_of([news.Followed(run_id, RUN.spec), news.EventCame(run_id, event)], at_s=7.0)
    fold.add(news.ReadingCame(reading(monotonic_ns=30_000_000_000)), at_s=8.0)
    (live,) = fold.view(9.0).live
    assert live.event_age_s == 31.0


def test_a_run_that_is_gone_from_the_device_is_not_shown_as_under_way() -> None:
    """It was evicted, or the agent was undeployed."""
    fold = fold_of(words_of(RUN, 9))
    fold.add(news.StatusCame(status(run_status("another", "queued"))), at_s=1.0)
    assert fold.view(1.0).live == ()


def test_a_first_look_at_a_run_that_has_ended_waits_for_its_events() -> None:
    """It was asked for by name."""
    run_id = RUN.spec.run_id
    fold = DeviceFold(DEVICE, run_id=run_id)
    told = status(run_status(run_id, "finished", seq=len(RUN.events)))
    fold.add(news.StatusCame(told), 0.0)
    fold.add(news.ReadingCame(reading()), 0.0)
    assert not fold.is_settled(0.0)
    fold.add(news.Followed(run_id, RUN.spec), 0.0)
    for event in RUN.events:
        assert not fold.is_settled(0.0)
        fold.add(news.EventCame(run_id, event), 0.0)
    assert fold.is_settled(0.0)


def test_waiting_runs_come_before_those_that_have_ended() -> None:
    """The latest ended one first."""
    runs = [run_status(f"old-{n}", "finished") for n in range(12)] + [run_status("w", "queued")]
    view = fold_of([news.StatusCame(status(*runs))]).view(0.0)
    assert [run.run_id for run in view.others][:3] == ["w", "old-11", "old-10"]


def test_nothing_that_a_device_says_moves_the_cursor_or_makes_markup() -> None:
    """Escape sequences and tags are shown as text, wherever they come in."""
    evil = "\x1b[2J<script>alert(1)</script>[bold]"
    body = SampleDone(
        variant=evil,
        task=evil,
        language=evil,
        sample_id="1",
        prediction=None,
        credit=None,
        timing=Timing(tokens=1, tokenise_ns=0, infer_ns=1, decode_ns=0),
    )
    event = Event(seq=1, boot_id="b", monotonic_ns=1, utc="", body=body)
    view = fold_of(
        [
            news.StatusCame(status(run_status("r"), run_status("q", "failed", reason=evil))),
            news.ReadingCame(reading(board=evil, limits_now=(evil,))),
            news.Followed("r", None),
            news.EventCame("r", event),
            news.Disconnected(evil, evil),
        ]
    ).view(0.0)
    assert "\x1b" not in drawn(view, width=200)
    assert "<script>" not in render_device(view)
    assert "[bold]" in drawn(view, width=200)
    assert isinstance(view, DeviceState)
