"""Jetson's over-current throttling (hwmon `soctherm_oc`): events since boot, one file a cause."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors import kernel_file
from device_agent.telemetry.sensors.protocol import UnsupportedError


def events(root: Path) -> int:
    """Return how often a supply's current has throttled the board since it booted."""
    counts = [
        kernel_file.number(path)
        for monitor in kernel_file.monitors(root, "soctherm_oc")
        for path in sorted(monitor.glob("oc*_event_cnt"))
    ]
    known = [count for count in counts if count is not None]
    if not known:
        raise UnsupportedError("no soctherm_oc monitor with event counts")
    return sum(known)
