"""Tells a run folder that is damaged from one that only cannot be read at this moment."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from device_agent.contract.errors import ContractError, XtremeEdgeError
from device_agent.contract.status import UnreadableRun

# What SQLite says of a file that was emptied.
_NO_JOURNAL = "no such table"
_ROOM_BYTES = 1 << 20


def is_damage(error: Exception) -> bool:
    """Say whether waiting is of no use: the folder's content itself cannot be understood."""
    if isinstance(error, (ContractError, IsADirectoryError)):
        return True
    cause = error.__cause__
    if isinstance(cause, sqlite3.OperationalError):
        return str(cause).startswith(_NO_JOURNAL)
    return isinstance(cause, sqlite3.DatabaseError)


def describe(folder: Path, error: Exception) -> UnreadableRun:
    """Return what the user is told of a run folder that could not be read."""
    said = error.message if isinstance(error, XtremeEdgeError) else str(error)
    if is_damage(error):
        return UnreadableRun(
            run_id=folder.name, reason=f"is damaged: {said}", remedy=_instead(folder)
        )
    reason = f"cannot be read at this moment: {said}"
    if shutil.disk_usage(folder).free < _ROOM_BYTES:
        # SQLite needs a little room even for reading, and calls the lack of it an I/O error.
        reason = f"cannot be read, because the disk is full: {said}"
        remedy = "Free space on the device (`df -h`), then run the same command again."
    elif isinstance(error, XtremeEdgeError):
        remedy = error.remedy
    else:
        remedy = f"Look at it on the device: `ls -l {folder}`."
    return UnreadableRun(run_id=folder.name, reason=reason, remedy=remedy)


def _instead(folder: Path) -> str:
    if (folder / "bundle").is_dir():
        return (
            f"Fetch its sealed bundle, which is kept apart: `host collect {folder.name}`; "
            f"then remove {folder} on the device."
        )
    return (
        f"Remove it on the device (`rm -r {folder}`) and start the run again: "
        "`host run STUDY.yaml`. If it happens twice, check the disk."
    )
