"""Runs on the device for as long as somebody watches: its sensors, a JSON line every few seconds.

The agent's own sensors read them. Only what the agent has too is imported; a sensor that an older
agent lacks is not there. It ends with the connection, when nobody takes its next line.
"""

from __future__ import annotations

import importlib
import json
import platform
import sys
import time
from pathlib import Path
from typing import Any

_SENSORS = "device_agent.telemetry.sensors"
_READ = {
    "temperature_celsius": ("temperature", "hottest_celsius", ()),
    "clock_ratio": ("cpu_frequency", "ratio", ()),
    "allowed_khz": ("cpu_frequency", "allowed_khz", ()),
    "throttled": ("throttling", "throttled_now", ()),
    "limits_now": ("firmware_limits", "now", ()),
    "limits_since_boot": ("firmware_limits", "since_boot", ()),
    "supply_is_low": ("supply_voltage", "is_low", ()),
    "available_memory_bytes": ("memory", "available_bytes", ()),
    "memory_bytes": ("memory", "read_bytes", ("MemTotal",)),
    "load_1min": ("load", "average_1min", ()),
}


def read(root: Path) -> dict[str, Any]:
    """Read every sensor once; None for one that is not there."""
    found = {name: _value(root, *sensor) for name, sensor in _READ.items()}
    clock = importlib.import_module("device_agent.clock")
    detect = importlib.import_module("device_agent.boards.detect")
    return {
        **found,
        "board": detect.family(root, platform.machine()),
        "boot_id": clock.boot_id(),
        "monotonic_ns": clock.monotonic_ns(),
    }


def _value(root: Path, module: str, function: str, more: tuple[str, ...]) -> object:
    try:
        sensor = getattr(importlib.import_module(f"{_SENSORS}.{module}"), function)
        return sensor(root, *more)
    # What "unsupported" is depends on the agent's version: whatever it raises, there is no value.
    except Exception:  # noqa: BLE001
        return None


def main() -> None:
    """Print a line every so many seconds, for ever; the arguments are the seconds and the root."""
    every_s, root = float(sys.argv[1]), Path(sys.argv[2])
    while True:
        sys.stdout.write(json.dumps(read(root)) + "\n")
        sys.stdout.flush()
        time.sleep(every_s)
