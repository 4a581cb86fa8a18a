"""Keeps Python's garbage collector out of timed regions."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_off(*, collect: bool = True) -> Iterator[None]:
    """Collect once, then not again until the context ends: a collection stops everything.

    Inside another such context nothing is collected at all.

    Args:
        collect: Before the context; it leaves caches cold and takes long against a short turn.
    """
    if not gc.isenabled():
        yield
        return
    if collect:
        gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
