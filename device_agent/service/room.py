"""Makes room for what a host is about to send: within the quota, and never at a result's cost."""

from __future__ import annotations

import os
import shlex
import shutil
from datetime import datetime, timezone
from pathlib import Path

from device_agent.contract.errors import DeviceError
from device_agent.contract.room import Room, RoomWanted, Usage
from device_agent.layout import Layout
from device_agent.service.eviction import Eviction, StoredRun, plan_eviction
from device_agent.service.leftovers import sweep
from device_agent.service.named import named, note
from device_agent.service.runs import write_durably
from device_agent.service.stored import stored_blobs, stored_runs, used_bytes

DEFAULT_SHARE = 0.8
"""Of what the state folder has and could still get: the rest is the board's own."""
_SPARE_BYTES = 64 << 20
_QUOTA = "quota"
_AUDIT = "audit.log"


def usage(layout: Layout) -> Usage:
    """Return how full the state folder is."""
    used, free = used_bytes(Path(layout.root)), _free_bytes(layout)
    collected = tuple(run.run_id for run in stored_runs(layout) if run.collected)
    return Usage(
        used_bytes=used,
        free_bytes=free,
        quota_bytes=_remembered(layout) or _default(used, free),
        collected=collected,
    )


def make_room(layout: Layout, wanted: RoomWanted, now_s: float | None = None) -> Room:
    """Evict what must and may go, or nothing.

    Args:
        layout: The state folder's.
        wanted: What is coming.
        now_s: Seconds since the epoch; None asks the clock.

    Raises:
        DeviceError: All that may go would not be enough; nothing has changed.
    """
    if not wanted.only_look:
        sweep(layout)
    used, free = used_bytes(Path(layout.root)), _free_bytes(layout)
    quota = wanted.quota_bytes or _default(used, free)
    spare = _SPARE_BYTES if wanted.coming_bytes else 0
    short = max(used + wanted.coming_bytes - quota, wanted.coming_bytes + spare - free, 0)
    runs = stored_runs(layout)
    plan = Eviction()
    if short and wanted.coming_bytes:
        keep = named(layout).union(wanted.release, wanted.study)
        plan = plan_eviction(runs, stored_blobs(layout, now_s), keep, short)
        if plan.freed_bytes < short:
            before = Usage(used_bytes=used, free_bytes=free, quota_bytes=quota)
            raise _no_room(wanted, before, runs, plan.freed_bytes)
    if not wanted.only_look:
        _remember(layout, wanted)
        _evict(layout, plan, wanted.by)
        used, free = used_bytes(Path(layout.root)), _free_bytes(layout)
    gone = {run.run_id for run in plan.runs}
    return Room(
        usage=Usage(
            used_bytes=used,
            free_bytes=free,
            quota_bytes=quota,
            collected=tuple(r.run_id for r in runs if r.collected and r.run_id not in gone),
        ),
        runs=tuple(run.run_id for run in plan.runs),
        blobs=len(plan.blobs),
        freed_bytes=plan.freed_bytes,
    )


def _evict(layout: Layout, plan: Eviction, by: str) -> None:
    if not plan.freed_bytes:
        return
    # First the record: what is gone must never be gone without one.
    _record(layout, plan, by)
    for run in plan.runs:
        folder = Path(layout.runs) / run.run_id
        # Out of sight first: a run that is half removed would look like a damaged one.
        beside = folder.with_name(f".{run.run_id}.{os.getpid()}")
        folder.rename(beside)
        shutil.rmtree(beside)
    if not plan.blobs:
        return
    gone = {blob.digest for blob in plan.blobs}
    # Artifact folders hold their blobs by a second name; they are linked anew at the next use.
    for folder in Path(layout.artifacts).glob("*"):
        if folder.name in gone or _holds(layout, folder, gone):
            shutil.rmtree(folder, ignore_errors=True)
    for digest in gone:
        Path(layout.blob(digest)).unlink(missing_ok=True)


def _holds(layout: Layout, folder: Path, digests: set[str]) -> bool:
    """Say whether an artifact folder links to one of the blobs."""
    inodes = set()
    for digest in digests:
        try:
            inodes.add(Path(layout.blob(digest)).stat().st_ino)
        except OSError:
            continue
    return any(path.stat().st_ino in inodes for path in folder.rglob("*") if path.is_file())


def _record(layout: Layout, plan: Eviction, by: str) -> None:
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    details = {
        "by": by,
        "runs": ",".join(run.run_id for run in plan.runs) or "none",
        "blobs": str(len(plan.blobs)),
        "freed_bytes": str(plan.freed_bytes),
    }
    pairs = " ".join(f"{key}={shlex.quote(value)}" for key, value in details.items())
    with (Path(layout.root) / _AUDIT).open("a", encoding="utf-8") as log:
        log.write(f"{now} evict {pairs}\n")
        log.flush()
        os.fsync(log.fileno())


def _remember(layout: Layout, wanted: RoomWanted) -> None:
    note(layout, "release", wanted.release)
    note(layout, "study", wanted.study)
    path = Path(layout.root) / _QUOTA
    if wanted.quota_bytes is None:
        path.unlink(missing_ok=True)
    elif _remembered(layout) != wanted.quota_bytes:
        write_durably(path, f"{wanted.quota_bytes}\n".encode())


def _remembered(layout: Layout) -> int | None:
    try:
        return int((Path(layout.root) / _QUOTA).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _default(used: int, free: int) -> int:
    return int((used + free) * DEFAULT_SHARE)


def _free_bytes(layout: Layout) -> int:
    return shutil.disk_usage(layout.root).free


def _no_room(
    wanted: RoomWanted, before: Usage, runs: list[StoredRun], may_bytes: int
) -> DeviceError:
    waiting = [run.run_id for run in runs if not run.collected]
    names = f" ({', '.join(waiting[:5])}{', …' if len(waiting) > 5 else ''})" if waiting else ""
    return DeviceError(
        f"The device has no room for {_mb(wanted.coming_bytes)} more: {_mb(before.used_bytes)} of "
        f"its quota of {_mb(before.quota_bytes)} are used, {_mb(before.free_bytes)} are free on "
        f"the disk, and only {_mb(may_bytes)} may be evicted. Not to be evicted are what the last "
        f"two releases and studies need and {len(waiting)} runs that no host has collected{names}.",
        remedy="Fetch the runs with `host collect RUN`, which lets them be evicted, or give the "
        "device's entry a larger `quota`.",
    )


def _mb(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB"
