"""Memory as `/proc/meminfo` tells it (kB there, which are KiB)."""

from __future__ import annotations

from pathlib import Path

from device_agent.telemetry.sensors.protocol import UnsupportedError


def available_bytes(root: Path) -> int:
    """Return what a new process could use without swapping."""
    return read_bytes(root, "MemAvailable")


def read_bytes(root: Path, field: str) -> int:
    """Return one of its fields."""
    try:
        lines = (root / "proc/meminfo").read_text(encoding="ascii").splitlines()
        fields = dict(line.split(":", 1) for line in lines if ":" in line)
        return int(fields[field].split()[0]) * 1024
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise UnsupportedError(f"/proc/meminfo has no {field}") from error
