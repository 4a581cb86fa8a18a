"""Processor and memory, from `/proc`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from device_agent.boards import processor
from device_agent.telemetry.sensors import memory
from device_agent.telemetry.sensors.protocol import UnsupportedError


def look(root: Path) -> dict[str, Any]:
    """Return the processor's name, cores and flags, and the sizes of memory and swap."""
    try:
        text = (root / "proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    listed = len(re.findall(r"^processor\s*:", text, re.MULTILINE))
    return {
        "cpu": processor.name(text),
        "cores": listed or os.cpu_count(),
        "isa_flags": sorted((_field(text, "flags") or _field(text, "Features") or "").split()),
        "memory_bytes": _memory(root, "MemTotal"),
        "available_bytes": _memory(root, "MemAvailable"),
        "swap_bytes": _memory(root, "SwapTotal"),
    }


def _memory(root: Path, field: str) -> int | None:
    try:
        return memory.read_bytes(root, field)
    except UnsupportedError:
        return None


def _field(text: str, name: str) -> str | None:
    match = re.search(rf"^{re.escape(name)}\s*:\s*(.+)$", text, re.MULTILINE)
    return match.group(1).strip() if match else None
