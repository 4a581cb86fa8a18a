"""Raspberry Pi's supply monitor (hwmon `rpi_volt`): an alarm while the voltage is too low.

The driver asks the firmware every other second and keeps the alarm until the voltage is right
again.
"""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors import kernel_file
from device_agent.telemetry.sensors.protocol import UnsupportedError


def is_low(root: Path) -> bool:
    """Return whether the supply's voltage is below its limit at this moment."""
    for monitor in kernel_file.monitors(root, "rpi_volt"):
        alarm = kernel_file.number(monitor / "in0_lcrit_alarm")
        if alarm is not None:
            return alarm != 0
    raise UnsupportedError("no rpi_volt monitor")
