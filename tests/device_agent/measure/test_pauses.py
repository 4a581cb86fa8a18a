"""A pause is told from a long text and from a preemption."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.events import Block
from device_agent.measure.pauses import PAUSE_S, awake_ns, longest_pause_s

MS = 1_000_000


def block(infer_ns: list[int], tokens: list[int] | None = None, tasks: str = "") -> Block:
    count = len(infer_ns)
    return Block(
        variant="a",
        position=0,
        tasks=tuple(tasks or "x" * count),
        languages=("en",) * count,
        sample_ids=tuple(str(row) for row in range(count)),
        tokens=tuple(tokens or [10] * count),
        tokenise_ns=(0,) * count,
        infer_ns=tuple(infer_ns),
        decode_ns=(0,) * count,
    )


def test_a_query_of_seconds_among_short_ones_is_a_pause() -> None:
    """A stopped process shows as one query that took as long as it was stopped."""
    stopped = block([20 * MS] * 9 + [6_000 * MS])
    assert 5.5 < longest_pause_s([block([20 * MS] * 10), stopped]) < 6


def test_a_preemption_is_no_pause() -> None:
    """Some hundred milliseconds are what a busy board does to a query; ratios hold them."""
    assert longest_pause_s([block([20 * MS] * 9 + [700 * MS])]) < PAUSE_S


@given(st.integers(1, 60))
def test_a_long_text_is_no_pause(times_longer: int) -> None:
    """Attention grows with the square of the tokens, and no faster."""
    long = block(
        [100 * MS] * 5 + [100 * MS * times_longer**2], tokens=[10] * 5 + [10 * times_longer]
    )
    assert longest_pause_s([long]) == 0


def test_tasks_are_judged_apart() -> None:
    """What is long for one task is usual for another, in the same block."""
    assert longest_pause_s([block([MS] * 5 + [3_000 * MS] * 5, tasks="xxxxxyyyyy")]) == 0


def test_the_clock_goes_on() -> None:
    """It counts what a sleeping board sleeps; awake, it counts as any other."""
    before = awake_ns()
    assert awake_ns() >= before
