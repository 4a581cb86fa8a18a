"""What a run's events add up to while it goes on."""

from __future__ import annotations

from device_agent.contract.events import (
    Body,
    Conditions,
    Event,
    RoundDone,
    SampleDone,
    StateChanged,
    Timing,
)
from host.runs.progress import Progress
from tests.tiny import TinyRun


def at(seconds: float, body: Body, boot: str = "a") -> Event:
    return Event(seq=1, boot_id=boot, monotonic_ns=int(seconds * 1e9), utc="", body=body)


def done(
    number: int, milliseconds: float, credit: float | None = 1.0, language: str = "de"
) -> SampleDone:
    return SampleDone(
        variant="first",
        task="xnli",
        language=language,
        sample_id=str(number),
        prediction="neutral",
        credit=credit,
        timing=Timing(tokens=9, tokenise_ns=0, infer_ns=int(milliseconds * 1e6), decode_ns=0),
    )


def test_time_left_follows_from_the_rate(tiny_run: TinyRun) -> None:
    """At two samples a second, the samples and rounds that are left take half as many seconds."""
    progress = Progress(tiny_run.spec)
    for number in range(11):
        progress.add(at(number / 2, done(number, 1.0)))
    now = progress.snapshot()
    plan = tiny_run.spec.performance
    assert plan is not None
    left = now.total - 11 + plan.rounds * plan.queries * len(tiny_run.spec.variants)
    assert now.left_s is not None
    assert abs(now.left_s - left / 2) < 1e-6
    assert (now.done, now.phase) == (11, "accuracy")


def test_a_p90_is_shown_only_once_the_data_supports_it(tiny_run: TinyRun) -> None:
    """Below 64 queries there is a median and no p90."""
    progress = Progress(tiny_run.spec)
    for number in range(63):
        progress.add(at(number, done(number, number)))
    assert progress.snapshot().p50_ms == 31
    assert progress.snapshot().p90_ms is None
    progress.add(at(63, done(63, 63)))
    assert progress.snapshot().p90_ms == 57


def test_a_language_without_gold_shows_no_score(tiny_run: TinyRun) -> None:
    """What cannot be scored is None, not zero."""
    progress = Progress(tiny_run.spec)
    progress.add(at(0, done(0, 1.0, credit=None)))
    assert progress.snapshot().credit_percent is None


def test_a_reboot_does_not_spoil_the_estimate(tiny_run: TinyRun) -> None:
    """Monotonic times of two boots are never subtracted."""
    progress = Progress(tiny_run.spec)
    progress.add(at(9_000, done(0, 1.0)))
    progress.add(at(1, done(1, 1.0), boot="b"))
    assert progress.snapshot().left_s is None
    progress.add(at(2, done(2, 1.0), boot="b"))
    left_s = progress.snapshot().left_s
    assert left_s is not None
    assert left_s > 0


def round_done(number: int, *, invalid: tuple[str, ...] = ()) -> RoundDone:
    nothing = Conditions(
        foreign_cpu_share=0.5,
        frequency_ratio=None,
        temperature_celsius=None,
        throttled=None,
        memory_pressure=None,
        swapped_pages=None,
    )
    return RoundDone(round=number, invalid=invalid, conditions=nothing, blocks=())


def test_an_invalid_round_is_not_counted(tiny_run: TinyRun) -> None:
    """The round is wanted again."""
    progress = Progress(tiny_run.spec)
    progress.add(at(1, round_done(3, invalid=("hot",))))
    now = progress.snapshot()
    assert (now.rounds_valid, now.rounds_invalid, now.phase) == (0, 1, "performance")


def test_rounds_that_do_not_count_take_time_too(tiny_run: TinyRun) -> None:
    """Before one has counted nothing is known; then every second one makes it twice as long."""
    progress = Progress(tiny_run.spec)
    for number in range(3):
        progress.add(at(number, round_done(number, invalid=("hot",))))
    assert progress.snapshot().left_s is None
    progress.add(at(4, round_done(3)))
    now = progress.snapshot()
    assert now.left_s == 4 * (now.rounds_wanted - 1)


def test_the_end_is_a_phase(tiny_run: TinyRun) -> None:
    """A failed run is not at work."""
    progress = Progress(tiny_run.spec)
    progress.add(at(1, StateChanged(state="failed", reason="disk full")))
    assert progress.snapshot().phase == "failed"


def test_latency_is_of_the_latest_samples(tiny_run: TinyRun) -> None:
    """A pool may hold a million, which no snapshot can sort; the latest two thousand are kept."""
    progress = Progress(tiny_run.spec)
    for number in range(2_500):
        progress.add(at(number, done(number, 1.0 if number < 500 else 2.0)))
    now = progress.snapshot()
    assert (now.p50_ms, now.language_done) == (2.0, 2_500)
    progress.add(at(2_500, done(2_500, 7.0, language="fr")))
    assert progress.snapshot().p50_ms == 7.0
