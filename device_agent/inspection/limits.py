"""What holds the board back now, and what has since it booted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from device_agent.telemetry.sensors import (
    cooling,
    cpu_frequency,
    firmware_limits,
    load,
    over_current,
    supply_voltage,
    temperature,
)
from device_agent.telemetry.sensors.protocol import UnsupportedError


def look(root: Path) -> dict[str, Any]:
    """Return governor, clocks, limits, heat and load; None for what cannot be told here."""
    return {
        "governor": cpu_frequency.governor(root),
        "max_frequency_khz": cpu_frequency.highest_khz(root),
        "allowed_frequency_khz": cpu_frequency.allowed_khz(root),
        "temperature_celsius": _read(temperature.hottest_celsius, root),
        "limits_now": _read(firmware_limits.now, root),
        "limits_since_boot": _read(firmware_limits.since_boot, root),
        "supply_is_low": _read(supply_voltage.is_low, root),
        "slowed_for_heat": _read(cooling.slowing_now, root),
        "over_current_events": _read(over_current.events, root),
        "load_1min": _read(load.average_1min, root),
    }


def _read(sensor: Callable[[Path], object], root: Path) -> object:
    try:
        return sensor(root)
    except UnsupportedError:
        return None
