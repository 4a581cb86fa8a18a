"""The validity gate: which conditions make a round not count."""

from __future__ import annotations

from collections.abc import Iterator

from device_agent.contract.events import Conditions
from device_agent.contract.upkeep import Reference
from device_agent.measure.pauses import PAUSE_S

WATCHED = (
    *("cpu_frequency", "cpu_time", "memory_pressure", "swapping", "temperature"),
    *("throttle_signs", "throttling"),
)
"""Sensors that the gate, or the report beside it, needs; the others describe the board."""
MAX_FOREIGN_CPU_SHARE = 0.25
MIN_FREQUENCY_RATIO = 0.9
MAX_MEMORY_PRESSURE = 0.05
COARSE_CLOCKS = frozenset({"jiffies", "refined-jiffies"})
"""Clock sources that tick every some milliseconds."""


def invalid_reasons(
    conditions: Conditions, reference: Reference | None = None, band_k: float | None = None
) -> tuple[str, ...]:
    """Return why a round under these conditions does not count; empty for a valid round.

    A quantity that the device cannot tell (None) gates nothing; the report names it as
    unsupported.

    Args:
        conditions: The round's.
        reference: What they are held against; None in a run that holds none.
        band_k: Kelvin around the reference's temperature within which the round must begin.
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
    if conditions.clock_source in COARSE_CLOCKS:
        reasons.append(f"the kernel's clock source is {conditions.clock_source}, which is coarse")
    if conditions.paused_s is not None and conditions.paused_s > PAUSE_S:
        reasons.append(f"queries stood still for {conditions.paused_s:.1f} s")
    if reference is not None:
        reasons.extend(_changes(conditions, reference))
        if band_k is not None:
            reasons.extend(_outside(conditions, reference, band_k))
    return tuple(reasons)


def _changes(conditions: Conditions, reference: Reference) -> Iterator[str]:
    pairs = (
        ("clock source", reference.clock_source, conditions.clock_source),
        ("governor", reference.governor, conditions.governor),
    )
    for name, before, now in pairs:
        if before is not None and now is not None and before != now:
            yield f"the {name} changed from {before} to {now} since the rounds began"
    allowed, now_khz = reference.allowed_khz, conditions.allowed_khz
    # More than at first is what a board gets back that was limited then.
    if allowed is not None and now_khz is not None and now_khz < allowed:
        yield f"the highest allowed clock fell from {allowed} to {now_khz} kHz"


def _outside(conditions: Conditions, reference: Reference, band_k: float) -> Iterator[str]:
    held, found = reference.temperature_celsius, conditions.started_celsius
    if held is not None and found is not None and abs(found - held) > band_k:
        yield f"it began at {found:.1f} °C, the band is {held:.1f} ± {band_k:g} K"
