"""The file system of the agent's state folder, and how much the folder takes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

_MOST_FILES = 200_000


def look(state: Path) -> dict[str, Any]:
    """Return sizes in bytes; `used_bytes` is None where there is no folder, or not all is read."""
    nearest = state
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    system = os.statvfs(nearest)
    return {
        "state": str(state),
        "free_bytes": system.f_bavail * system.f_frsize,
        "total_bytes": system.f_blocks * system.f_frsize,
        "read_only": bool(system.f_flag & os.ST_RDONLY),
        "used_bytes": _used_bytes(state),
    }


def _used_bytes(state: Path) -> int | None:
    if not state.is_dir():
        return None
    refused: list[OSError] = []
    seen: dict[tuple[int, int], int] = {}
    for folder, _, names in os.walk(state, onerror=refused.append):
        for name in names:
            try:
                found = os.lstat(Path(folder) / name)
            except OSError:
                continue
            # An artifact's files are links to blobs: one file.
            seen[found.st_dev, found.st_ino] = found.st_blocks * 512
        if len(seen) > _MOST_FILES:
            return None
    return None if refused else sum(seen.values())
