"""The batch plan: every row once, like lengths together, the longest first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device_agent.measure.batches import plan_batches

LENGTHS = st.lists(st.integers(1, 512), max_size=60)


@given(LENGTHS, st.integers(1, 9))
def test_every_row_stands_in_one_batch(tokens: list[int], batch_size: int) -> None:
    """All batches but the last are full."""
    plan = plan_batches(tokens, batch_size)
    assert sorted(row for batch in plan for row in batch) == list(range(len(tokens)))
    assert all(len(batch) == batch_size for batch in plan[:-1])


@given(LENGTHS, st.integers(1, 9))
def test_rows_are_sorted_and_equals_keep_their_order(tokens: list[int], batch_size: int) -> None:
    """So the same rows give the same plan everywhere."""
    flat = [row for batch in plan_batches(tokens, batch_size) for row in batch]
    assert flat == [row for _, row in sorted((-length, row) for row, length in enumerate(tokens))]
