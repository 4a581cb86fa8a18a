"""Begins a phase, or takes it up as it was begun: the same phase, the same number of threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from training.identity import Identity
from training.machine import Machine, this_machine
from training.saves import Saves


@contextmanager
def begun(saves: Saves | None, identity: Identity) -> Iterator[Machine]:
    """Yield what the phase is computed on.

    Sums are split among threads, which moves their last bits: an interrupted phase goes on with as
    many as it began with, however many cores are free now.

    Raises:
        TrainingError: Another phase was begun there, or the folder cannot be written.
    """
    before = saves.begin(identity) if saves else None
    threads = torch.get_num_threads()
    if before is not None:
        torch.set_num_threads(before.threads)
    try:
        yield this_machine()
    finally:
        torch.set_num_threads(threads)
