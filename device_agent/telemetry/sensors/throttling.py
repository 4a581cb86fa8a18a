"""Whether anything slows the board down: its firmware, supply, heat or current."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from device_agent.telemetry.sensors import cooling, firmware_limits, over_current, supply_voltage
from device_agent.telemetry.sensors.protocol import UnsupportedError

_SIGNS: tuple[Callable[[Path], object], ...] = (
    firmware_limits.now,
    supply_voltage.is_low,
    cooling.slowing_now,
)


def throttled_now(root: Path) -> bool:
    """Return whether any source signals a limit at this moment; one that is absent says nothing."""
    signs = []
    for sign in _SIGNS:
        try:
            signs.append(bool(sign(root)))
        except UnsupportedError:
            continue
    if not signs:
        raise UnsupportedError(
            "neither firmware bits, nor an rpi_volt monitor, nor a cooling device of a clock"
        )
    return any(signs)


def throttle_signs(root: Path) -> int:
    """Return a count that grows when something throttles, also between two looks at it.

    It is the number of firmware limits met since boot, which a second time does not raise, and
    of over-current events.
    """
    counts = []
    for count in (_limits_met, over_current.events):
        try:
            counts.append(count(root))
        except UnsupportedError:
            continue
    if not counts:
        raise UnsupportedError("neither firmware bits since boot nor over-current counts")
    return sum(counts)


def _limits_met(root: Path) -> int:
    return len(firmware_limits.since_boot(root))
