"""The device's own record of what was done to it: one line per deploy, only ever appended to."""

from __future__ import annotations

import getpass
import shlex
import socket

from device_agent.layout import Layout
from host.deploy.remote_script import run_script
from host.transport.session import Session

FILE_NAME = "audit.log"
# $1 state folder, $2 file, $3 line. The time is the device's, like those of its other logs.
APPEND = 'printf "%s %s\\n" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$3" >> "$1/$2"'


def latest(session: Session, layout: Layout, count: int = 10) -> tuple[str, ...]:
    """Return the last lines, oldest first; none where nothing was done yet."""
    script = '[ ! -f "$1/$2" ] || tail -n "$3" "$1/$2"'
    answer = run_script(
        session, script, str(layout.root), FILE_NAME, str(count), doing="read its audit log"
    )
    return tuple(answer.splitlines())


def who() -> str:
    """Return who works on a device from here."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


def record(session: Session, layout: Layout, action: str, **details: object) -> None:
    """Append a line: time, action, who, and the details as key=value.

    Raises:
        DeviceError: The device could not write it.
    """
    pairs = {"by": who(), **details}
    line = " ".join([action, *(f"{key}={shlex.quote(str(value))}" for key, value in pairs.items())])
    run_script(session, APPEND, str(layout.root), FILE_NAME, line, doing="write its audit log")
