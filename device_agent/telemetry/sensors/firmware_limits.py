"""Raspberry Pi's `get_throttled`: what limits the board now, and what has since it booted.

Bits as the firmware's documentation gives them: 0 to 3 are now, 16 to 19 the same since boot.
"""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors.protocol import UnsupportedError

# The firmware stands below the chip's bus, whose name has an address on newer boards.
_PATTERNS = ("soc*/soc*:firmware/get_throttled", "soc*:firmware/get_throttled")
_NAMES = ("under-voltage", "clock capped", "throttled", "soft temperature limit")
_SINCE_BOOT = 16


def now(root: Path) -> tuple[str, ...]:
    """Return the names of the limits that are in force at this moment."""
    return _named(_bits(root))


def since_boot(root: Path) -> tuple[str, ...]:
    """Return the names of the limits that have been in force since the board booted."""
    return _named(_bits(root) >> _SINCE_BOOT)


def _bits(root: Path) -> int:
    platform = root / "sys/devices/platform"
    for path in (found for pattern in _PATTERNS for found in sorted(platform.glob(pattern))):
        try:
            return int(path.read_text(encoding="ascii"), 16)
        except (OSError, ValueError):
            continue
    raise UnsupportedError("the kernel shows no get_throttled of a firmware")


def _named(bits: int) -> tuple[str, ...]:
    return tuple(name for place, name in enumerate(_NAMES) if bits >> place & 1)
