"""The three clocks of an event: boot id, monotonic time, and UTC as a label."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Return the kernel's boot id, within which monotonic times compare; "unknown" elsewhere."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


def monotonic_ns() -> int:
    """Return the monotonic clock in nanoseconds; every duration comes from it."""
    return time.monotonic_ns()


def utc_label() -> str:
    """Return the wall clock as ISO 8601 in UTC; never used for a duration."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
