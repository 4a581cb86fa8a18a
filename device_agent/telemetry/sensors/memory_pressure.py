"""Pressure stall information of memory (`/proc/pressure/memory`, "some", microseconds)."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors.protocol import UnsupportedError


def stalled_seconds(root: Path) -> float:
    """Return for how long some task has waited on memory since boot, in seconds."""
    try:
        for line in (root / "proc/pressure/memory").read_text(encoding="ascii").splitlines():
            if line.startswith("some"):
                return int(line.rpartition("total=")[2]) / 1e6
    except (OSError, ValueError) as error:
        raise UnsupportedError("/proc/pressure/memory cannot be read") from error
    raise UnsupportedError("/proc/pressure/memory has no line 'some'")
