"""Pieces of a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device_agent.tasks.reading.spans import Span

OFFSETS = st.integers(0, 12)


@given(st.text(max_size=12), OFFSETS, OFFSETS, OFFSETS, OFFSETS)
def test_what_lies_in_a_span_is_in_its_piece(text, start, end, first, last) -> None:
    """Cut out of the outer piece, the inner one is the same."""
    inner, outer = Span(start, end), Span(first, last)
    if inner.is_in(outer):
        assert outer.cut(text)[start - first :][: max(0, end - start)] == inner.cut(text)
