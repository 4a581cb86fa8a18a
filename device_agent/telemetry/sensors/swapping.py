"""Pages swapped in and out (`/proc/vmstat`)."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors.protocol import UnsupportedError


def swapped_pages(root: Path) -> int:
    """Return the pages swapped in or out since boot."""
    try:
        lines = (root / "proc/vmstat").read_text(encoding="ascii").splitlines()
        counters = dict(line.split() for line in lines)
        return int(counters["pswpin"]) + int(counters["pswpout"])
    except (OSError, ValueError, KeyError) as error:
        raise UnsupportedError("/proc/vmstat has no pswpin and pswpout") from error
