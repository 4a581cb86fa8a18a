"""Minutes, and halves of what is shorter than two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.measure.stretches import Stretches


@pytest.mark.parametrize(
    ("seconds", "count", "length_s"), [(1800, 30, 60), (120, 2, 60), (119, 2, 59.5), (2, 2, 1)]
)
def test_a_plan_is_cut_into_minutes(seconds: int, count: int, length_s: float) -> None:
    """There are always a first one and a last one to compare."""
    assert Stretches.of(seconds) == Stretches(count, length_s)


@given(st.integers(2, 10**6))
def test_stretches_fill_the_plan(seconds: int) -> None:
    """Less than one stretch is left over."""
    cut = Stretches.of(seconds)
    assert cut.count >= 2
    assert 0 <= seconds - cut.count * cut.length_s < cut.length_s
