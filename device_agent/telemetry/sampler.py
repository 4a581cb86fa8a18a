"""Reads every sensor before and after a round; one that fails never stops the others."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from device_agent import clock
from device_agent.contract.events import Conditions
from device_agent.telemetry.sensors import (
    cpu_frequency,
    cpu_time,
    memory_pressure,
    swapping,
    temperature,
    throttling,
)
from device_agent.telemetry.sensors.protocol import UnsupportedError

_T = TypeVar("_T")

_SENSORS: dict[str, Callable[[Path], float | int | bool]] = {
    "cpu_time": cpu_time.busy_seconds,
    "cpu_frequency": cpu_frequency.ratio,
    "temperature": temperature.hottest_celsius,
    "throttling": throttling.throttled_now,
    "memory_pressure": memory_pressure.stalled_seconds,
    "swapping": swapping.swapped_pages,
}


@dataclass(frozen=True)
class Snapshot:
    """All sensors at one moment; None for one that the machine lacks."""

    monotonic_ns: int
    own_seconds: float
    busy_seconds: float | None
    frequency_ratio: float | None
    temperature_celsius: float | None
    throttled: bool | None
    stalled_seconds: float | None
    swapped_pages: int | None


class Sampler:
    """Takes snapshots below `root`, "/" on a real device."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def snapshot(self) -> Snapshot:
        """Read every sensor once; takes well under a millisecond, outside timed regions."""
        return Snapshot(
            monotonic_ns=clock.monotonic_ns(),
            own_seconds=cpu_time.own_seconds(),
            busy_seconds=self._read(cpu_time.busy_seconds),
            frequency_ratio=self._read(cpu_frequency.ratio),
            temperature_celsius=self._read(temperature.hottest_celsius),
            throttled=self._read(throttling.throttled_now),
            stalled_seconds=self._read(memory_pressure.stalled_seconds),
            swapped_pages=self._read(swapping.swapped_pages),
        )

    def support(self) -> dict[str, str]:
        """Say of each sensor whether the machine has it: "ok", or "unsupported: why"."""
        found = {}
        for name, read in _SENSORS.items():
            found[name] = self._supported(read)
        return found

    def _supported(self, sensor: Callable[[Path], object]) -> str:
        try:
            sensor(self._root)
        except UnsupportedError as error:
            return f"unsupported: {error}"
        return "ok"

    def _read(self, sensor: Callable[[Path], _T]) -> _T | None:
        try:
            return sensor(self._root)
        except UnsupportedError:
            return None


def conditions(before: Snapshot, after: Snapshot, cores: int | None = None) -> Conditions:
    """Summarise what the device was like between two snapshots."""
    elapsed_s = max((after.monotonic_ns - before.monotonic_ns) / 1e9, 1e-9)
    capacity_s = elapsed_s * (cores or os.cpu_count() or 1)
    foreign = None
    if before.busy_seconds is not None and after.busy_seconds is not None:
        own = after.own_seconds - before.own_seconds
        foreign = min(max((after.busy_seconds - before.busy_seconds - own) / capacity_s, 0.0), 1.0)
    pressure = None
    if before.stalled_seconds is not None and after.stalled_seconds is not None:
        pressure = min((after.stalled_seconds - before.stalled_seconds) / elapsed_s, 1.0)
    swapped = None
    if before.swapped_pages is not None and after.swapped_pages is not None:
        swapped = after.swapped_pages - before.swapped_pages
    throttled = [s.throttled for s in (before, after) if s.throttled is not None]
    return Conditions(
        foreign_cpu_share=foreign,
        # After the work only: before it, a governor may rightly rest.
        frequency_ratio=after.frequency_ratio,
        temperature_celsius=after.temperature_celsius,
        throttled=any(throttled) if throttled else None,
        memory_pressure=pressure,
        swapped_pages=swapped,
    )
