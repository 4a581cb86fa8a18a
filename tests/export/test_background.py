"""A result computed meanwhile is the same, and so is its error."""

from __future__ import annotations

import threading

import pytest

from export.background import Background


def test_work_goes_on_before_the_result_is_asked_for() -> None:
    """It starts at once, and asking twice computes once."""
    started = threading.Event()
    work = Background(lambda: started.set() or 7)
    assert started.wait(10)
    assert (work.result(), work.result()) == (7, 7)


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    """A file that vanishes while it is hashed is an error of the one who wants the digest."""

    def fail() -> None:
        raise OSError("gone")

    work = Background(fail)
    with pytest.raises(OSError, match="gone"):
        work.result()
