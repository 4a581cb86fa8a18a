"""What is shown of a run, event by event."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_agent.contract.events import Event, RoundDone, SampleDone, StateChanged, Timing
from device_agent.contract.status import SignOfLife
from host.watch.run_fold import Clock, RunFold
from host.watch.state import LiveRun
from tests.host.bundles import SMALL
from tests.host.watch.made import MadeRun, made_run, run_status, small_run

RUN = small_run()


def folded(run: MadeRun = RUN, events: int | None = None) -> RunFold:
    fold = RunFold(run.spec.run_id, run.spec)
    for event in run.events[:events]:
        fold.add(event, at_s=0.0)
    return fold


def shown(run: MadeRun = RUN, events: int | None = None) -> LiveRun:
    return folded(run, events).view(0.0)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(RUN.events)))
def test_any_prefix_adds_up(length: int) -> None:
    """Counts are those of the events, never above the plan, and all of it at the end."""
    view = shown(events=length)
    bodies = [event.body for event in RUN.events[:length]]
    rounds = [body for body in bodies if isinstance(body, RoundDone)]
    assert view.done == sum(isinstance(body, SampleDone) for body in bodies)
    assert view.rounds is not None
    assert view.rounds.valid == sum(not body.invalid for body in rounds)
    assert view.rounds.invalid == sum(bool(body.invalid) for body in rounds)
    cells = [task for one in view.variants for task in one.tasks]
    assert sum(task.done for task in cells) == view.done
    assert all(task.total is not None and task.done <= task.total for task in cells)
    assert (view.done == view.total) == all(task.done == task.total for task in cells)
    if length == len(RUN.events):
        assert (view.phase, view.done) == ("finished", view.total)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, len(RUN.events)), st.integers(0, len(RUN.events)))
def test_events_that_come_again_change_nothing(first: int, again_from: int) -> None:
    """After a lost connection the host's own copy is read once more."""
    fold = folded(events=first)
    for event in RUN.events[min(first, again_from) : first]:
        fold.add(event, at_s=0.0)
    assert fold.view(0.0) == shown(events=first)


def test_the_control_has_no_samples() -> None:
    """An A/A control takes part in rounds alone."""
    control = next(one for one in shown().variants if one.is_control)
    assert control.tasks == ()
    assert control.pace is not None
    assert control.pace.mode == "performance"


def test_the_pace_is_of_the_latest_queries() -> None:
    """Queries per second of timed work, and the median of the same queries."""
    fold = RunFold("r", None)
    for number, ms in enumerate((10, 20, 60), start=1):
        timing = Timing(tokens=9, tokenise_ns=0, infer_ns=ms * 1_000_000, decode_ns=0)
        fold.add(sample(number, timing), at_s=0.0)
    (variant,) = fold.view(0.0).variants
    assert variant.pace is not None
    assert variant.pace.queries_per_s == pytest.approx(3 / 0.09)
    assert variant.pace.p50_ms == 20
    assert variant.tasks[0].total is None


def sample(seq: int, timing: Timing, task: str = "xnli") -> Event:
    body = SampleDone(
        variant="a",
        task=task,
        language="de",
        sample_id=str(seq),
        prediction="neutral",
        credit=None,
        timing=timing,
    )
    return Event(seq=seq, boot_id="b", monotonic_ns=seq, utc="", body=body)


def test_invalid_rounds_have_no_part_in_the_pace() -> None:
    """They are told with their reasons, and give no numbers."""
    last_invalid = max(
        number
        for number, event in enumerate(RUN.events)
        if isinstance(event.body, RoundDone) and event.body.invalid
    )
    before, after = shown(events=last_invalid), shown(events=last_invalid + 1)
    assert [one.pace for one in before.variants] == [one.pace for one in after.variants]
    assert after.rounds is not None
    (told,) = after.rounds.latest_invalid
    assert told.number == 2
    assert "throttling" in told.reasons[0]


def test_batches_have_no_median_latency() -> None:
    """In scenario offline a row's time is a share of its batch's."""
    performance = RUN.spec.performance
    assert performance is not None
    spec = replace_spec(scenario="offline", batch_size=4)
    view = shown(MadeRun(spec, RUN.events))
    assert all(one.pace is not None and one.pace.p50_ms is None for one in view.variants)


def replace_spec(**changes: object) -> object:
    import msgspec

    assert RUN.spec.performance is not None
    performance = msgspec.structs.replace(RUN.spec.performance, **changes)
    return msgspec.structs.replace(RUN.spec, performance=performance)


def test_the_estimate_counts_rounds_that_do_not_count() -> None:
    """Where half of the rounds are invalid, what is left takes twice as long."""
    calm = made_run(replace(SMALL, throttled=(), modes=("performance",)))
    hot = made_run(replace(SMALL, throttled=(1, 3), modes=("performance",)))
    fifth = [n for n, e in enumerate(calm.events) if isinstance(e.body, RoundDone)][4] + 1
    calm_s, hot_s = (shown(run, fifth).left_s for run in (calm, hot))
    assert calm_s is not None
    assert hot_s is not None
    # Calm: 1 of 6 is left. Hot: 3 are left, and since the first round's end one of two counted.
    assert hot_s / calm_s == pytest.approx(6, rel=0.2)


def test_there_is_no_estimate_before_a_round_counts() -> None:
    """Nobody knows how long a board will throttle."""
    hot = made_run(replace(SMALL, throttled=(0, 1), modes=("performance",)))
    second = [n for n, e in enumerate(hot.events) if isinstance(e.body, RoundDone)][1] + 1
    assert shown(hot, second).left_s is None


def test_an_ended_run_has_no_time_left() -> None:
    """Whatever the rate was."""
    assert shown().left_s is None


def test_an_event_is_as_old_as_the_device_says() -> None:
    """By its own monotonic clock, whenever the event came here."""
    fold = RunFold("r", None)
    body = StateChanged(state="running")
    event = Event(seq=1, boot_id="b", monotonic_ns=5_000_000_000, utc="", body=body)
    fold.add(event, at_s=100.0)
    assert fold.view(103.0).event_age_s == 3.0
    clock = Clock("b", 65_000_000_000, at_s=101.0)
    assert fold.view(103.0, clock).event_age_s == 62.0
    assert fold.view(103.0, replace(clock, boot_id="another")).event_age_s == 3.0


def test_a_waiting_run_tells_how_many_are_before_it() -> None:
    """Until its next event comes."""
    fold = folded(events=0)
    fold.life(SignOfLife(ahead=2))
    assert (fold.view(0.0).phase, fold.view(0.0).ahead) == ("waiting", 2)
    fold.add(RUN.events[0], at_s=0.0)
    assert fold.view(0.0).ahead is None


def test_a_run_from_elsewhere_has_the_counts_of_its_status() -> None:
    """Its plan is not known here, so no totals by task and no estimate are made up."""
    fold = RunFold("r", None)
    fold.status(run_status("r", samples_done=40, samples_planned=90, rounds_planned=7))
    view = fold.view(0.0)
    assert (view.done, view.total, view.has_plan, view.left_s) == (40, 90, False, None)
    assert view.rounds is not None
    assert view.rounds.wanted == 7


def test_a_first_look_is_over_once_all_told_events_are_there() -> None:
    """The status says how many there are."""
    fold = folded(events=3)
    fold.status(run_status(RUN.spec.run_id, seq=4))
    assert not fold.view(0.0).is_current
    fold.add(RUN.events[3], at_s=0.0)
    assert fold.view(0.0).is_current
