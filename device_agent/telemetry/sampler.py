"""Reads every sensor before and after a round; one that fails never stops the others."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from device_agent import clock
from device_agent.contract.events import Conditions
from device_agent.telemetry.power_meter import PowerMeter
from device_agent.telemetry.sensors import (
    clock_source,
    cpu_frequency,
    cpu_time,
    gpu_load,
    load,
    memory,
    pressure,
    swapping,
    temperature,
    throttling,
)
from device_agent.telemetry.sensors.protocol import UnsupportedError

_T = TypeVar("_T")


@dataclass(frozen=True)
class Snapshot:
    """All sensors at one moment; None for one that the machine lacks."""

    monotonic_ns: int
    own_seconds: float
    busy_seconds: float | None
    frequency_ratio: float | None
    temperature_celsius: float | None
    throttled: bool | None
    throttle_signs: int | None
    stalled_seconds: float | None
    swapped_pages: int | None
    available_memory_bytes: int | None
    load_1min: float | None
    gpu_load: float | None
    clock_source: str | None
    governor: str | None
    allowed_khz: int | None


class Sampler:
    """Takes snapshots below `root`, "/" on a real device."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def power_meter(self) -> PowerMeter:
        """Return a meter of this machine's power."""
        return PowerMeter(self._root)

    def snapshot(self) -> Snapshot:
        """Read every sensor once; takes some milliseconds, outside timed regions."""
        return Snapshot(
            monotonic_ns=clock.monotonic_ns(),
            own_seconds=cpu_time.own_seconds(),
            busy_seconds=self._read(cpu_time.busy_seconds),
            frequency_ratio=self._read(cpu_frequency.ratio),
            temperature_celsius=self._read(temperature.hottest_celsius),
            throttled=self._read(throttling.throttled_now),
            throttle_signs=self._read(throttling.throttle_signs),
            stalled_seconds=self._read(pressure.waited_for_memory_seconds),
            swapped_pages=self._read(swapping.swapped_pages),
            available_memory_bytes=self._read(memory.available_bytes),
            load_1min=self._read(load.average_1min),
            gpu_load=self._read(gpu_load.share),
            clock_source=self._read(clock_source.current),
            governor=cpu_frequency.governors(self._root),
            allowed_khz=cpu_frequency.allowed_khz(self._root),
        )

    def _read(self, sensor: Callable[[Path], _T]) -> _T | None:
        try:
            return sensor(self._root)
        except UnsupportedError:
            return None


def conditions(
    before: Snapshot, after: Snapshot, cores: int | None = None, *, paused_s: float | None = None
) -> Conditions:
    """Summarise what the device was like between two snapshots.

    Args:
        before: At the begin.
        after: At the end.
        cores: Of the machine; counted where not given.
        paused_s: Longest time in which queries stood still, which no sensor tells.
    """
    elapsed_s = max((after.monotonic_ns - before.monotonic_ns) / 1e9, 1e-9)
    capacity_s = elapsed_s * (cores or os.cpu_count() or 1)
    foreign = None
    if before.busy_seconds is not None and after.busy_seconds is not None:
        own = after.own_seconds - before.own_seconds
        foreign = min(max((after.busy_seconds - before.busy_seconds - own) / capacity_s, 0.0), 1.0)
    pressure_share = None
    if before.stalled_seconds is not None and after.stalled_seconds is not None:
        pressure_share = min((after.stalled_seconds - before.stalled_seconds) / elapsed_s, 1.0)
    swapped = None
    if before.swapped_pages is not None and after.swapped_pages is not None:
        swapped = after.swapped_pages - before.swapped_pages
    return Conditions(
        foreign_cpu_share=foreign,
        # After the work only: before it, a governor may rightly rest.
        frequency_ratio=after.frequency_ratio,
        temperature_celsius=after.temperature_celsius,
        throttled=_throttled(before, after),
        memory_pressure=pressure_share,
        swapped_pages=swapped,
        available_memory_bytes=after.available_memory_bytes,
        load_1min=after.load_1min,
        gpu_load=after.gpu_load,
        started_celsius=before.temperature_celsius,
        clock_source=after.clock_source,
        governor=after.governor,
        allowed_khz=after.allowed_khz,
        paused_s=paused_s,
    )


def _throttled(before: Snapshot, after: Snapshot) -> bool | None:
    """Signalled at either end, or in between: a count that has grown tells of that."""
    signs = [one.throttled for one in (before, after) if one.throttled is not None]
    if before.throttle_signs is not None and after.throttle_signs is not None:
        signs.append(after.throttle_signs > before.throttle_signs)
    return any(signs) if signs else None
