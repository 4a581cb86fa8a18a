"""The hardware counter behind the kernel's clocks."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors import kernel_file
from device_agent.telemetry.sensors.protocol import UnsupportedError

_PATH = "sys/devices/system/clocksource/clocksource0/current_clocksource"


def current(root: Path) -> str:
    """Return its name: "arch_sys_counter" on Arm boards, "tsc" on most PCs."""
    found = kernel_file.line(root / _PATH)
    if found is None:
        raise UnsupportedError(f"/{_PATH} cannot be read")
    return found
