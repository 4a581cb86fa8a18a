"""Keeps one core free of queries where they leave one, for the thread that reads the power."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def spare_core(threads: int) -> Iterator[int | None]:
    """Move this thread, and those that an engine starts from it, off one core; give its number.

    None where every usable core has a thread of its own, or the system cannot be told: what the
    power's readings then cost stands in the on/off pairs.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield None
        return
    usable = os.sched_getaffinity(0)
    if len(usable) <= threads:
        yield None
        return
    spare = max(usable)
    os.sched_setaffinity(0, usable - {spare})
    try:
        yield spare
    finally:
        os.sched_setaffinity(0, usable)
