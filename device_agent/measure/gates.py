"""The validity gate: which conditions make a round not count."""

from __future__ import annotations

from device_agent.contract.events import Conditions

WATCHED = (
    *("cpu_frequency", "cpu_time", "memory_pressure", "swapping", "temperature"),
    *("throttle_signs", "throttling"),
)
"""Sensors that the gate, or the report beside it, needs; the others describe the board."""
MAX_FOREIGN_CPU_SHARE = 0.25
MIN_FREQUENCY_RATIO = 0.9
MAX_MEMORY_PRESSURE = 0.05


def invalid_reasons(conditions: Conditions) -> tuple[str, ...]:
    """Return why a round under these conditions does not count; empty for a valid round.

    A quantity that the device cannot tell (None) gates nothing; the report names it as
    unsupported.
    """
    reasons = []
    if conditions.throttled:
        reasons.append("the board signalled throttling or under-voltage")
    share = conditions.foreign_cpu_share
    if share is not None and share > MAX_FOREIGN_CPU_SHARE:
        reasons.append(
            f"other processes took {share:.0%} of the CPU, allowed {MAX_FOREIGN_CPU_SHARE:.0%}"
        )
    ratio = conditions.frequency_ratio
    if ratio is not None and ratio < MIN_FREQUENCY_RATIO:
        reasons.append(f"the clock was at {ratio:.0%} of its maximum")
    pressure = conditions.memory_pressure
    if pressure is not None and pressure > MAX_MEMORY_PRESSURE:
        reasons.append(f"tasks waited on memory for {pressure:.0%} of the time")
    if conditions.swapped_pages:
        reasons.append(f"{conditions.swapped_pages} pages were swapped")
    return tuple(reasons)
