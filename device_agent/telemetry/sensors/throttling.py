"""Raspberry Pi's throttling and under-voltage bits (firmware's `get_throttled`, hwmon's alarm)."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors.protocol import UnsupportedError

_FIRMWARE = "sys/devices/platform/soc/soc:firmware/get_throttled"
_NOW = 0xF  # bits 0-3: under-voltage, frequency capped, throttled, soft temperature limit


def throttled_now(root: Path) -> bool:
    """Return whether the firmware or the supply monitor signals a limit at this moment."""
    try:
        bits = int((root / _FIRMWARE).read_text(encoding="ascii"), 16)
    except (OSError, ValueError):
        pass
    else:
        return bool(bits & _NOW)
    for hwmon in (root / "sys/class/hwmon").glob("hwmon*"):
        try:
            if (hwmon / "name").read_text(encoding="ascii").strip() == "rpi_volt":
                alarm = (hwmon / "in0_lcrit_alarm").read_text(encoding="ascii")
                return int(alarm) != 0
        except (OSError, ValueError):
            continue
    raise UnsupportedError("neither firmware throttling bits nor an rpi_volt monitor")
