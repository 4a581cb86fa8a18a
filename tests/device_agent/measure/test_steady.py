"""The end of a warm-up is found in its own times, and the host finds it there again."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.measure.steady import ends_after, is_steady, warm_up

MS = 1_000_000
LENGTHS = (1.0, 3.0, 0.5, 7.0)
"""Inputs of unlike lengths take unlike times, on any level."""


def times(levels: list[float]) -> list[int]:
    """Return times of four inputs in turns, each query on a level of its own."""
    return [int(level * LENGTHS[at % 4] * MS) for at, level in enumerate(levels)]


def test_a_flat_level_is_steady_after_two_passes() -> None:
    """Unlike inputs do not matter: each is compared with itself."""
    flat = times([1.0] * 8)
    assert not is_steady(flat[:7], 4)
    assert is_steady(flat, 4)


@given(st.floats(0.03, 0.5), st.booleans())
def test_a_level_that_moves_is_not_steady(change: float, falls: bool) -> None:
    """Neither caches that fill nor a board that heats up: more than 2 % from pass to pass."""
    factor = 1 / (1 + change) if falls else 1 + change
    moving = times([factor ** (at // 4) for at in range(20)])
    assert ends_after(moving, 4, more=1000, more_s=1000) is None


def test_a_single_spike_does_not_hide_the_level() -> None:
    """A preemption in one of four queries is not the level."""
    spiked = times([1.0] * 5 + [9.0] + [1.0] * 2)
    assert is_steady(spiked, 4)


def test_one_slow_pass_is_waited_for() -> None:
    """After cold caches it takes a pass that is like the one before, but for one query."""
    cold = times([3.0] * 4 + [1.5] * 4 + [1.0] * 8)
    assert ends_after(cold, 4, more=40, more_s=100) == 15


@pytest.mark.parametrize("inputs", [1, 2, 3, 4])
def test_few_inputs_are_compared_at_least_four_times(inputs: int) -> None:
    """A median of one change would be luck."""
    flat = [MS] * 12
    ended = ends_after(flat, inputs, more=40, more_s=100)
    assert ended is not None
    assert 8 <= ended <= 12


def test_a_noisy_board_becomes_steady_within_the_bound() -> None:
    """Noise of 3 % a query is not taken for a trend for ever."""
    chance = random.Random(5)
    ended = 0
    for _ in range(200):
        noisy = times([chance.lognormvariate(0, 0.03) for _ in range(40)])
        ended += ends_after(noisy, 4, more=41, more_s=100) is not None
    assert ended >= 190


def test_the_bound_in_queries_ends_it() -> None:
    """A variant that never becomes steady is told as such."""
    calls: list[int] = []
    warmed = warm_up(calls.append, 3, least=2, more=5, more_s=60)
    assert calls == [0, 1, 0, 1, 2, 0, 1]
    assert (warmed.queries, warmed.inputs, len(warmed.times_ns)) == (7, 3, 5)
    assert not warmed.steady


def test_the_bound_in_seconds_ends_it() -> None:
    """Replayed, the same times end at the same query."""
    slow = [4_000_000_000, 3_000_000_000, 2_000_000_000]
    assert ends_after(slow, 4, more=40, more_s=5) == 2


def test_without_a_look_only_the_floor_is_run() -> None:
    """A plan of an older host warms up as it always did."""
    calls: list[int] = []
    warmed = warm_up(calls.append, 2, least=3, more=0, more_s=5)
    assert calls == [0, 1, 0]
    assert warmed.times_ns == ()


@given(st.lists(st.integers(1, 10**9), max_size=60), st.integers(1, 4), st.integers(0, 50))
def test_it_ends_once_and_by_its_own_rule(found: list[int], inputs: int, more: int) -> None:
    """Cut where it ends, it ends there; before that it went on."""
    ended = ends_after(found, inputs, more=more, more_s=3)
    if ended is not None:
        assert ends_after(found[:ended], inputs, more=more, more_s=3) == ended
        if ended:
            assert ends_after(found[: ended - 1], inputs, more=more, more_s=3) is None
