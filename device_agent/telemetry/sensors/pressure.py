"""Pressure stall information (`/proc/pressure/*`, "some", microseconds)."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors.protocol import UnsupportedError


def waited_for_cpu_seconds(root: Path) -> float:
    """Return for how long some task has waited for a core since boot."""
    return _stalled_seconds(root, "cpu")


def waited_for_memory_seconds(root: Path) -> float:
    """Return for how long some task has waited for memory since boot."""
    return _stalled_seconds(root, "memory")


def waited_for_io_seconds(root: Path) -> float:
    """Return for how long some task has waited for a disk since boot."""
    return _stalled_seconds(root, "io")


def _stalled_seconds(root: Path, resource: str) -> float:
    path = f"proc/pressure/{resource}"
    try:
        for line in (root / path).read_text(encoding="ascii").splitlines():
            if line.startswith("some"):
                return int(line.rpartition("total=")[2]) / 1e6
    except (OSError, ValueError) as error:
        raise UnsupportedError(f"/{path} cannot be read (kernels may need `psi=1`)") from error
    raise UnsupportedError(f"/{path} has no line 'some'")
