"""Load average (`/proc/loadavg`): tasks that run or wait for the disk."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors.protocol import UnsupportedError


def average_1min(root: Path) -> float:
    """Return the load's average over the last minute, in tasks."""
    try:
        return float((root / "proc/loadavg").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError) as error:
        raise UnsupportedError("/proc/loadavg cannot be read") from error
