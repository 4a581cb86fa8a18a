"""Log records for systemd's journal: level, run and origin as fields of their own.

Source: systemd's Journal Export fields in the native protocol, a datagram per record. Where
standard error is no journal, records are lines with a time.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

SOCKET = Path("/run/systemd/journal/socket")
IDENTIFIER = "xtreme-edge"
RUN_FIELD = "run"
"""Name of the `extra` of a record that belongs to a run."""
_ERROR, _WARNING, _INFO, _DEBUG = 3, 4, 6, 7
_LINE = "%(asctime)s %(levelname)s %(message)s"


def set_up_logging() -> None:
    """Send this process's log to the journal where systemd connected it, else to stderr.

    A watchdog's SIGABRT leaves the stacks of all threads on stderr, which says what hung.
    """
    faulthandler.enable()
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(_LINE))
    if writes_to_journal() and SOCKET.is_socket():
        handler = JournalHandler(SOCKET)
        handler.setFormatter(logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def writes_to_journal() -> bool:
    """Say whether standard error is the stream that systemd has connected to its journal."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        found = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return (device, inode) == (str(found.st_dev), str(found.st_ino))


class JournalHandler(logging.Handler):
    """Sends each record as one datagram; what the journal does not take goes to stderr."""

    def __init__(self, address: Path) -> None:
        super().__init__()
        self._address = str(address)

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record, many lines or one."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stream:
                stream.sendto(encode(self._fields(record)), self._address)
        except OSError:
            with suppress(OSError):
                sys.stderr.write(f"<{_priority(record.levelno)}>{self.format(record)}\n")

    def _fields(self, record: logging.LogRecord) -> dict[str, str]:
        fields = {
            "MESSAGE": self.format(record),
            "PRIORITY": str(_priority(record.levelno)),
            "SYSLOG_IDENTIFIER": IDENTIFIER,
            "LOGGER": record.name,
            "CODE_FUNC": record.funcName or "",
        }
        run = getattr(record, RUN_FIELD, None)
        return {**fields, "XTREME_EDGE_RUN": str(run)} if run is not None else fields


def encode(fields: dict[str, str]) -> bytes:
    """Return the datagram; a value of many lines comes after its length, as the protocol has it."""
    parts = []
    for name, value in fields.items():
        data = value.encode("utf-8", errors="replace")
        if b"\n" in data:
            parts.append(name.encode() + b"\n" + struct.pack("<Q", len(data)) + data + b"\n")
        else:
            parts.append(name.encode() + b"=" + data + b"\n")
    return b"".join(parts)


def _priority(level: int) -> int:
    if level >= logging.ERROR:
        return _ERROR
    if level >= logging.WARNING:
        return _WARNING
    return _INFO if level >= logging.INFO else _DEBUG
