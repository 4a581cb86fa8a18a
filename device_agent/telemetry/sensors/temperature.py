"""Thermal zones (millidegrees Celsius)."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors.protocol import UnsupportedError


def hottest_celsius(root: Path) -> float:
    """Return the hottest zone's temperature; zones that are powered down raise and are skipped."""
    found = []
    for zone in (root / "sys/class/thermal").glob("thermal_zone*/temp"):
        try:
            found.append(int(zone.read_text(encoding="ascii")) / 1000)
        except (OSError, ValueError):
            continue
    if not found:
        raise UnsupportedError("no readable thermal zone")
    return max(found)
