"""Which runs and blobs go when room is short: pure, so that every rule of it can be tested."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class StoredRun:
    """One run folder.

    Attributes:
        size_bytes: What its removal frees.
        needs: Digests of the blobs that it names; None where it cannot be read.
        collected: It has ended, and a host has its bundle, verified.
    """

    run_id: str
    size_bytes: int
    needs: frozenset[str] | None
    collected: bool


@dataclass(frozen=True)
class StoredBlob:
    """One blob.

    Attributes:
        size_bytes: What its removal frees, together with artifact folders that link to it.
        is_new: It came just now: a host may be about to submit the run that names it.
    """

    digest: str
    size_bytes: int
    is_new: bool


@dataclass(frozen=True)
class Eviction:
    """What goes, in this order."""

    runs: tuple[StoredRun, ...] = ()
    blobs: tuple[StoredBlob, ...] = ()

    @property
    def freed_bytes(self) -> int:
        """What is gained by it."""
        return _sum(self.runs) + _sum(self.blobs)


def plan_eviction(
    runs: Sequence[StoredRun],
    blobs: Iterable[StoredBlob],
    named: Collection[str],
    wanted_bytes: int,
) -> Eviction:
    """Decide what goes until `wanted_bytes` are freed, or nothing more may go.

    Collected runs go first, the oldest before the others, then blobs that no run that stays and
    nothing in `named` names. Nothing else ever goes.

    Args:
        runs: Oldest first.
        blobs: Oldest first.
        named: Digests of blobs that stay whatever the runs say.
        wanted_bytes: To be freed.
    """
    gone: list[StoredRun] = []
    for run in runs:
        if _sum(gone) >= wanted_bytes:
            break
        if run.collected:
            gone.append(run)
    staying = [run for run in runs if run not in gone]
    if any(run.needs is None for run in staying):
        # What cannot be read may name any blob.
        return Eviction(tuple(gone))
    kept = set(named).union(*(run.needs or () for run in staying))
    dropped: list[StoredBlob] = []
    for blob in blobs:
        if _sum(gone) + _sum(dropped) >= wanted_bytes:
            break
        if blob.digest not in kept and not blob.is_new:
            dropped.append(blob)
    return Eviction(tuple(gone), tuple(dropped))


def _sum(items: Iterable[StoredRun | StoredBlob]) -> int:
    return sum(item.size_bytes for item in items)
