"""How much memory and disk is free, and the refusal of an export for which it is too little."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from export.errors import ExportError
from export.footprint import Footprint

_MEMORY = Path("proc/meminfo")
_GROUP = Path("sys/fs/cgroup")
_KIB = 1024
_SHARE_WHERE_UNTOLD = 0.5


def free_memory_bytes(root: Path = Path("/")) -> int:
    """Return the memory that programs may still take without swapping.

    Linux tells, and a container's limit counts; elsewhere it is half of the machine's memory.

    Args:
        root: Where `proc` and `sys` lie.
    """
    try:
        lines = (root / _MEMORY).read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        pages = os.sysconf("SC_PHYS_PAGES") * _SHARE_WHERE_UNTOLD
        return int(pages * os.sysconf("SC_PAGE_SIZE"))
    left = _left_in_group(root / _GROUP)
    return free * _KIB if left is None else min(free * _KIB, left)


def _left_in_group(group: Path) -> int | None:
    """Return what a container may still take; None without a limit, or outside of one."""
    try:
        limit, used = ((group / f"memory.{name}").read_text() for name in ("max", "current"))
        return max(int(limit) - int(used), 0)
    except (OSError, ValueError):
        return None


def free_disk_bytes(folder: Path) -> int:
    """Return what is free where a folder is, or will be."""
    existing = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    return shutil.disk_usage(existing).free


def check(
    checkpoint: str, folder: Path, needed: Footprint, memory_bytes: int | None = None
) -> None:
    """Refuse beforehand what would fill the disk or the memory half-way.

    Args:
        checkpoint: Its name.
        folder: Where the export works and writes.
        needed: What it takes.
        memory_bytes: What it may take; None for what is free.

    Raises:
        ExportError: One of the two is too little.
    """
    disk_bytes = free_disk_bytes(folder)
    if disk_bytes < needed.disk_bytes:
        raise ExportError(
            f"{folder}: {disk_bytes / 1e6:,.0f} MB free, but the export of {checkpoint} needs "
            f"{needed.disk_bytes / 1e6:,.0f} MB while it works.",
            remedy="Free disk space, or name an output folder on another disk.",
        )
    limit = free_memory_bytes() if memory_bytes is None else memory_bytes
    if limit < needed.memory_bytes:
        what = "free" if memory_bytes is None else "allowed"
        wanted = f"{needed.memory_bytes / 1e9:.1f} GB"
        raise ExportError(
            f"{checkpoint}: {limit / 1e9:.1f} GB of memory {what}, but its export needs about "
            f"{wanted}.",
            remedy=f"Close other programs, or allow it to try with `--memory {wanted}`.".replace(
                " GB`", "GB`"
            ),
        )
