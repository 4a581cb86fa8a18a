"""Clock of each core against the highest its governor allows (cpufreq, kHz)."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors import kernel_file
from device_agent.telemetry.sensors.protocol import UnsupportedError

_POLICIES = "sys/devices/system/cpu/cpufreq"


def ratio(root: Path) -> float:
    """Return the fastest core cluster's current clock over its highest allowed one, 0 to 1.

    The fastest cluster, because the governor lets idle clusters sleep.
    """
    found = []
    for policy in sorted((root / _POLICIES).glob("policy*")):
        try:
            current = int((policy / "scaling_cur_freq").read_text(encoding="ascii"))
            highest = int((policy / "scaling_max_freq").read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
        if highest > 0:
            found.append(min(current / highest, 1.0))
    if not found:
        raise UnsupportedError("no cpufreq policy with a current and a maximal clock")
    return max(found)


def governor(root: Path) -> str | None:
    """Return the first policy's governor, or None without cpufreq."""
    for policy in sorted((root / _POLICIES).glob("policy*")):
        try:
            return (policy / "scaling_governor").read_text(encoding="ascii").strip()
        except OSError:
            continue
    return None


def governors(root: Path) -> str | None:
    """Return the governor of each policy in order, joined by "+", or None without cpufreq."""
    policies = sorted((root / _POLICIES).glob("policy*"))
    found = [kernel_file.line(policy / "scaling_governor") for policy in policies]
    return "+".join(name for name in found if name is not None) or None


def highest_khz(root: Path) -> int | None:
    """Return the highest clock that any policy's hardware has, in kHz, or None without cpufreq."""
    return _highest(root, "cpuinfo_max_freq")


def allowed_khz(root: Path) -> int | None:
    """Return the highest clock that any policy allows now, in kHz, or None without cpufreq."""
    return _highest(root, "scaling_max_freq")


def _highest(root: Path, name: str) -> int | None:
    clocks = [kernel_file.number(policy / name) for policy in (root / _POLICIES).glob("policy*")]
    return max((clock for clock in clocks if clock is not None), default=None)
