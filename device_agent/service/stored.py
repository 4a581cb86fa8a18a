"""What lies in the state folder and how much of the disk it takes: the facts for an eviction."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.runspec import TERMINAL_STATES, RunSpec
from device_agent.layout import Layout
from device_agent.service.collected import is_collected
from device_agent.service.eviction import StoredBlob, StoredRun
from device_agent.service.runs import RunFolder, Runs
from device_agent.store import Store

# A host ships first and submits then; within this time nobody takes its blobs away.
NEW_S = 900.0
_BLOCK_BYTES = 512


def used_bytes(folder: Path) -> int:
    """Return what the folder takes of the disk; a file with several names counts once."""
    sizes: dict[tuple[int, int], int] = {}
    for path in (folder, *_walk(folder)):
        try:
            found = path.lstat()
        except OSError:
            continue
        sizes[found.st_dev, found.st_ino] = found.st_blocks * _BLOCK_BYTES
    return sum(sizes.values())


def stored_runs(layout: Layout) -> list[StoredRun]:
    """Return every run, oldest first."""
    runs, store = Runs(layout), Store(layout)
    return [_run(runs, store, folder) for folder in runs.all()]


def stored_blobs(layout: Layout, now_s: float | None = None) -> list[StoredBlob]:
    """Return every blob, oldest first.

    Args:
        layout: The state folder's.
        now_s: Seconds since the epoch; None asks the clock. A blob from its future is new: a board
            without a clock of its own may have gone back in time.
    """
    now = time.time() if now_s is None else now_s
    found = []
    for path in Path(layout.blobs).glob("*/*"):
        try:
            stat = path.stat()
        except OSError:
            continue
        is_new = stat.st_ctime > now - NEW_S
        blob = StoredBlob(path.name, stat.st_blocks * _BLOCK_BYTES, is_new)
        found.append((stat.st_mtime_ns, path.name, blob))
    return [blob for *_, blob in sorted(found, key=lambda item: item[:2])]


def _run(runs: Runs, store: Store, folder: RunFolder) -> StoredRun:
    try:
        needs = frozenset(_needs(store, folder.read_spec()))
        has_ended = runs.status(folder).state in TERMINAL_STATES
    except (XtremeEdgeError, OSError):
        needs, has_ended = None, False
    return StoredRun(
        run_id=folder.path.name,
        size_bytes=used_bytes(folder.path),
        needs=needs,
        collected=has_ended and is_collected(folder),
    )


def _needs(store: Store, spec: RunSpec) -> Iterator[str]:
    for dataset in spec.datasets:
        yield dataset.inputs
        if dataset.gold is not None:
            yield dataset.gold
    for artifact in {a for variant in spec.variants for a in variant.artifacts.values()}:
        yield artifact
        try:
            yield from (entry.digest for entry in store.manifest(artifact).files)
        except XtremeEdgeError:
            # An ended run's artifact may be gone; one that is to run is refused at submission.
            continue


def _walk(folder: Path) -> Iterator[Path]:
    for name, folders, files in os.walk(folder):
        yield from (Path(name) / entry for entry in (*folders, *files))
