"""What a device sends is cut into lines, and cut off where it never stops."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.transport.bounds import bounded, lines_of
from host.transport.session import TransportError


@given(chunks=st.lists(st.binary(max_size=6).map(lambda data: data.replace(b"a", b"\n"))))
def test_lines_do_not_depend_on_the_chunks(chunks: list[bytes]) -> None:
    """However the bytes come in, the whole lines are the same, and the rest is returned."""
    found = []
    lines = lines_of(chunks, "pi5: `stream`")
    while True:
        try:
            found.append(next(lines))
        except StopIteration as end:
            rest = end.value
            break
    *expected, last = b"".join(chunks).split(b"\n")
    assert (found, rest) == (expected, last)


def test_a_line_without_end_is_refused() -> None:
    """A line that never ends is not collected in memory for ever."""
    with pytest.raises(TransportError, match="pi5: the device sent more than 1000 bytes in one li"):
        list(lines_of(itertools.repeat(b"x" * 100), "pi5", 1000))


def test_an_answer_without_end_is_refused() -> None:
    """What has come before is passed on; what is too much is not."""
    chunks = bounded(itertools.repeat(b"x" * 100), 250, "pi5")
    assert next(chunks) + next(chunks) == b"x" * 200
    with pytest.raises(TransportError, match="more than 250 bytes in one answer"):
        next(chunks)
