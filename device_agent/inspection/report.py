"""All that is found on a device, as one JSON object on standard output."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

from device_agent.boards import detect
from device_agent.inspection import limits, machine, processes, storage, timekeeping
from device_agent.telemetry.support import support

MARK = "xtreme-edge-inspection "
"""Begins the line with the object; a login shell may print lines of its own."""


def inspect(root: Path, state: Path) -> dict[str, Any]:
    """Look at everything.

    Args:
        root: "/" on a real device; tests give a recorded tree.
        state: The agent's state folder, which need not exist.
    """
    started_ns = time.monotonic_ns()
    architecture = platform.machine()
    found: dict[str, Any] = {
        "board": detect.family(root, architecture),
        "model": detect.model(root),
        "chip": detect.chip(root),
        "architecture": architecture,
        "kernel": platform.release(),
        "libc": " ".join(platform.libc_ver()).strip() or None,
        "python": platform.python_version(),
        "page_bytes": os.sysconf("SC_PAGE_SIZE"),
        "systemd": (root / "run/systemd/system").is_dir(),
        "platform": detect.software(root),
        "power_mode": detect.power_mode(root),
        "power_modes": detect.power_modes(root),
        "sensors": support(root),
        **machine.look(root),
        **limits.look(root),
        "storage": storage.look(state),
        "processes": processes.busiest(root),
    }
    # Last, so that what lies between the host's question and this moment is known best.
    found["clock"] = {
        **timekeeping.look(root),
        "before_ns": time.monotonic_ns() - started_ns,
        "utc_ns": time.time_ns(),
    }
    return found


def main() -> None:
    """Print the object; the arguments are root and state folder."""
    root, state = sys.argv[1:3]
    sys.stdout.write(MARK + json.dumps(inspect(Path(root), Path(state).expanduser())) + "\n")
