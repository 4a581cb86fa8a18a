"""A row per round: the device's condition while it ran."""

from __future__ import annotations

from collections.abc import Iterator

from device_agent.contract.events import RoundDone
from host.analysis.results import RunComparison
from host.report.tables.table import Row, Table


def _rows(run: RunComparison) -> Iterator[Row]:
    for event in run.bundle.events:
        if not isinstance(event.body, RoundDone):
            continue
        done, found = event.body, event.body.conditions
        yield {
            "seq": event.seq,
            "round": done.round,
            "boot_id": event.boot_id,
            "monotonic_ns": event.monotonic_ns,
            "utc": event.utc,
            "temperature_celsius": found.temperature_celsius,
            "frequency_ratio": found.frequency_ratio,
            "foreign_cpu_share": found.foreign_cpu_share,
            "throttled": found.throttled,
            "memory_pressure_share": found.memory_pressure,
            "swapped_pages": found.swapped_pages,
            "available_memory_bytes": found.available_memory_bytes,
            "load_1min": found.load_1min,
            "gpu_load_share": found.gpu_load,
            "idle_watts": done.energy.idle_watts if done.energy else None,
        }


TELEMETRY = Table(
    "telemetry",
    {
        "seq": int,
        "round": int,
        "boot_id": str,
        "monotonic_ns": int,
        "utc": str,
        "temperature_celsius": float,
        "frequency_ratio": float,
        "foreign_cpu_share": float,
        "throttled": bool,
        "memory_pressure_share": float,
        "swapped_pages": int,
        "available_memory_bytes": int,
        "load_1min": float,
        "gpu_load_share": float,
        "idle_watts": float,
    },
    _rows,
)
