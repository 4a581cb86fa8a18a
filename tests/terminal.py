"""Commands in a terminal of their own, where views draw instead of printing lines."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_COMMAND = "import sys; from host.cli import main; main(sys.argv[1:])"


@dataclass(frozen=True)
class Shown:
    """What a command left.

    Attributes:
        drawn: It moved the cursor, as only pictures do.
    """

    code: int
    text: str
    drawn: bool


def in_terminal(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> Shown:
    """Run `host` with both outputs on a pseudo terminal, and return what it wrote."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", **(environment or {})},
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            written += os.read(ours, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            break
    os.close(ours)
    code = process.wait()
    text = written.decode("utf-8", errors="replace")
    return Shown(code, _CONTROL.sub("", text), "\x1b[?25l" in text)
