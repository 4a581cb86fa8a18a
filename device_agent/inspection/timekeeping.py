"""What the device's clock rests on: a battery, a time server, or nothing."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

from device_agent.telemetry.sensors import kernel_file

_TIME_ERROR = 5
_TIMEX_BYTES = 512  # more than the kernel's structure; all zero asks and sets nothing


def look(root: Path) -> dict[str, Any]:
    """Return whether there is a real-time clock, whether time is kept, and the clock source."""
    source = "sys/devices/system/clocksource/clocksource0/current_clocksource"
    return {
        "has_rtc": any((root / "sys/class/rtc").glob("rtc*")),
        "synchronised": _is_synchronised(root),
        "source": kernel_file.line(root / source),
    }


def _is_synchronised(root: Path) -> bool | None:
    """Ask the kernel, which every time service tells; in a recorded tree, systemd's mark."""
    if (root / "run/systemd/timesync/synchronized").exists():
        return True
    if root != Path("/"):
        return None
    try:
        state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _TIME_ERROR
