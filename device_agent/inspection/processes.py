"""Which other programs use the processor, from two looks at `/proc/<pid>/stat`."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

_BETWEEN_S = 0.7
_SHOWN = 5
_LEAST_SHARE = 0.02
_OURS = (b"device_agent", b"device-agent")


def busiest(root: Path) -> list[dict[str, Any]]:
    """Return the busiest foreign processes: id, name, and share of one core."""
    before, started = _ticks(root), time.monotonic()
    time.sleep(_BETWEEN_S)
    after, elapsed_s = _ticks(root), time.monotonic() - started
    per_core = os.sysconf("SC_CLK_TCK") * elapsed_s
    found: list[dict[str, Any]] = [
        {"pid": pid, "name": name, "core_share": (ticks - before[pid][1]) / per_core}
        for pid, (name, ticks) in after.items()
        if pid in before and not _is_ours(root, pid)
    ]
    busy = [one for one in found if one["core_share"] >= _LEAST_SHARE]
    return sorted(busy, key=lambda one: -one["core_share"])[:_SHOWN]


def _ticks(root: Path) -> dict[int, tuple[str, int]]:
    found = {}
    for folder in (root / "proc").glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            # The name may hold spaces and brackets.
            name, _, rest = text.partition("(")[2].rpartition(")")
            fields = rest.split()
            found[int(folder.name)] = (name, int(fields[11]) + int(fields[12]))
        except (OSError, ValueError, IndexError):
            continue
    return found


def _is_ours(root: Path, pid: int) -> bool:
    """Say whether it is this probe or the agent."""
    if pid == os.getpid():
        return True
    try:
        command = (root / "proc" / str(pid) / "cmdline").read_bytes()
    except OSError:
        return False
    return any(name in command for name in _OURS)
