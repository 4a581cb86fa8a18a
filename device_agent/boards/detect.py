"""Which board this is, from `/proc/device-tree/model`."""

from __future__ import annotations

from pathlib import Path

from device_agent.boards import generic_linux, jetson, raspberry_pi


def model(root: Path) -> str | None:
    """Return the device tree's model name (it ends in NUL), or None on machines without one."""
    try:
        text = (root / "proc/device-tree/model").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rstrip("\x00").strip() or None


def family(root: Path, architecture: str) -> str:
    """Return the board family's name, as `--target` takes it."""
    name = model(root) or ""
    for board in (raspberry_pi, jetson, generic_linux):
        found: str | None = board.family(name, architecture)
        if found is not None:
            return found
    return "generic"
