"""Which exports run in which process, and which of them at the same time; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from export.footprint import Footprint

_LEAST_S = 15.0
"""A process imports torch for 4 s before it exports anything: less work is not worth one more."""

_ANY_EXPORT_S = 1.0
_BYTES_PER_S = 60e6
"""XLM-R base, 1.1 GB, takes about 20 s on two idle cores."""


@dataclass(frozen=True)
class Work:
    """One job, and what it takes.

    Attributes:
        number: Of the job.
        weights_bytes: Size of its weights as float32.
    """

    number: int
    needs: Footprint
    weights_bytes: int

    @property
    def seconds(self) -> float:
        """About how long it takes; right to a factor of three, which is all that is needed."""
        return _ANY_EXPORT_S + self.weights_bytes / _BYTES_PER_S


@dataclass(frozen=True)
class Batch:
    """Jobs that one process does, one after the other."""

    work: tuple[Work, ...]

    @property
    def memory_bytes(self) -> int:
        """What the process takes at its peak."""
        return max(one.needs.memory_bytes for one in self.work)

    @property
    def disk_bytes(self) -> int:
        """What it takes while it works, at most."""
        kept = sum(one.needs.kept_bytes for one in self.work)
        return kept + max(one.needs.disk_bytes for one in self.work)

    @property
    def seconds(self) -> float:
        """About how long it takes."""
        return sum(one.seconds for one in self.work)


@dataclass(frozen=True)
class Room:
    """What there is for all processes together.

    Attributes:
        jobs: Processes at most.
    """

    memory_bytes: int
    disk_bytes: int
    jobs: int


def batches(work: Sequence[Work]) -> list[Batch]:
    """Join small jobs until a process is worth while; what is larger has one of its own.

    Returns:
        The longest first, so that the last ones to end are short.
    """
    found: list[list[Work]] = []
    for one in sorted(work, key=lambda one: one.seconds):
        if found and sum(other.seconds for other in found[-1]) < _LEAST_S:
            found[-1].append(one)
        else:
            found.append([one])
    if len(found) > 1 and sum(one.seconds for one in found[-1]) < _LEAST_S:
        found[-2:] = [found[-2] + found[-1]]
    return sorted((Batch(tuple(one)) for one in found), key=lambda one: -one.seconds)


def next_batch(waiting: Sequence[Batch], running: Sequence[Batch], room: Room) -> Batch | None:
    """Return the first batch that fits beside those that run; None where none does.

    Where nothing runs the first one begins: it refuses by itself what it has no room for, and that
    is only known there, because what is up to date needs none.
    """
    if not running:
        return waiting[0] if waiting else None
    if len(running) >= room.jobs:
        return None
    memory_bytes = room.memory_bytes - sum(batch.memory_bytes for batch in running)
    disk_bytes = room.disk_bytes - sum(batch.disk_bytes for batch in running)
    for batch in waiting:
        if batch.memory_bytes <= memory_bytes and batch.disk_bytes <= disk_bytes:
            return batch
    return None
