"""Cooling devices that cool by slowing down (`/sys/class/thermal/cooling_device*`); not fans."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors import kernel_file
from device_agent.telemetry.sensors.protocol import UnsupportedError

# Linux names the first two, Jetson's kernel the third, ACPI the last.
_SLOWING = ("cpufreq", "devfreq", "throttle-alert", "Processor")


def slowing_now(root: Path) -> tuple[str, ...]:
    """Return the types of the devices that slow the board down at this moment, for its heat."""
    found: dict[str, int] = {}
    for device in sorted((root / "sys/class/thermal").glob("cooling_device*")):
        kind = kernel_file.line(device / "type") or ""
        state = kernel_file.number(device / "cur_state")
        if state is not None and any(word in kind for word in _SLOWING):
            found[kind] = max(state, found.get(kind, 0))
    if not found:
        raise UnsupportedError("no cooling device that limits a clock")
    return tuple(kind for kind, state in found.items() if state > 0)
