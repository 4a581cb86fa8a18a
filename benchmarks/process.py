"""Run a command as a process of its own, and say how long it took and how much it needed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

_KIB = 1024


@dataclass(frozen=True)
class Usage:
    """What a process took.

    Attributes:
        wall_s: From start to end.
        cpu_s: On all cores together.
        peak_bytes: Largest resident memory, file pages that it mapped included.
    """

    wall_s: float
    cpu_s: float
    peak_bytes: int


def run(command: Sequence[str]) -> Usage:
    """Run a command; its output is shown only if it fails.

    Raises:
        RuntimeError: It ended with another status than 0.
    """
    print("$", " ".join(command), file=sys.stderr)
    started = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with status {process.returncode}:\n{output}")
    return Usage(
        wall_s=time.monotonic() - started,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * _KIB,
    )
