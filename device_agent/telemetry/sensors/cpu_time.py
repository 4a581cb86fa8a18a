"""CPU time of the whole machine (`/proc/stat`, first line) and of one process."""

from __future__ import annotations

import os
from pathlib import Path

from device_agent.telemetry.sensors.protocol import UnsupportedError

# Columns of the "cpu" line that are work: user nice system idle iowait irq softirq steal.
_BUSY = (0, 1, 2, 5, 6, 7)


def busy_seconds(root: Path) -> float:
    """Return the CPU time spent by anything on any core since boot, in seconds."""
    try:
        line = (root / "proc/stat").read_text(encoding="ascii").splitlines()[0]
        ticks = [int(word) for word in line.split()[1:]]
        return sum(ticks[i] for i in _BUSY if i < len(ticks)) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError) as error:
        raise UnsupportedError("/proc/stat cannot be read") from error


def own_seconds() -> float:
    """Return the CPU time of this process, all threads, in seconds."""
    times = os.times()
    return times.user + times.system
