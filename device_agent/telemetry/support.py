"""All sensors by name, and which of them a machine has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from device_agent.telemetry.sensors import (
    cpu_frequency,
    cpu_time,
    gpu_load,
    load,
    memory,
    power,
    pressure,
    swapping,
    temperature,
    throttling,
)
from device_agent.telemetry.sensors.protocol import UnsupportedError

SENSORS: Mapping[str, Callable[[Path], float]] = {
    "cpu_time": cpu_time.busy_seconds,
    "cpu_frequency": cpu_frequency.ratio,
    "temperature": temperature.hottest_celsius,
    "throttling": throttling.throttled_now,
    "throttle_signs": throttling.throttle_signs,
    "memory": memory.available_bytes,
    "memory_pressure": pressure.waited_for_memory_seconds,
    "cpu_pressure": pressure.waited_for_cpu_seconds,
    "io_pressure": pressure.waited_for_io_seconds,
    "swapping": swapping.swapped_pages,
    "load": load.average_1min,
    "gpu_load": gpu_load.share,
    "power": power.watts,
}


def support(root: Path) -> dict[str, str]:
    """Say of each sensor whether the machine has it: "ok", or "unsupported: why"."""
    return {name: _of(sensor, root) for name, sensor in SENSORS.items()}


def _of(sensor: Callable[[Path], float], root: Path) -> str:
    try:
        sensor(root)
    except UnsupportedError as error:
        return f"unsupported: {error}"
    return "ok"
