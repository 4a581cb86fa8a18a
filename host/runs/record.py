"""Remembers where each run went, so that `host attach RUN` needs nothing but its name."""

from __future__ import annotations

import os
from pathlib import Path

from device_agent.contract import codec
from device_agent.contract.codec import Document, Identifier
from device_agent.contract.errors import RunError
from host.inventory import default_path
from host.workspace import Workspace

_SHOWN_CHARACTERS = 80


class RunRecord(Document):
    """One run as the host started it; paths are absolute."""

    run_id: Identifier
    device: str
    study_file: str
    workspace: str

    @property
    def place(self) -> Workspace:
        """The study's workspace."""
        return Workspace(Path(self.workspace))


class RunRecords:
    """The runs of this user, one small file each, beside the inventory.

    Args:
        folder: None is `runs/` beside the inventory.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or default_path().parent / "runs"

    def save(self, record: RunRecord) -> None:
        """Write a record, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(record.run_id)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_bytes(codec.encode_pretty(record))
        beside.replace(path)

    def find(self, run_id: str) -> RunRecord:
        """Return the record of a run.

        Raises:
            RunError: This user started no such run here.
        """
        path = self._path(run_id)
        if not codec.is_identifier(run_id) or not path.is_file():
            known = ", ".join(record.run_id for record in self.all()[-5:]) or "none"
            shown = run_id if len(run_id) <= _SHOWN_CHARACTERS else f"{run_id[:_SHOWN_CHARACTERS]}…"
            raise RunError(
                f"No run {shown!r} was started from here; the latest: {known}.",
                remedy="Run `host status --target DEVICE` for the runs on a device.",
            )
        return self._read(path)

    def device_of(self, run_id: str) -> str | None:
        """Return the device that a run went to; None if this user started no such run here."""
        return self._read(self._path(run_id)).device if self._path(run_id).is_file() else None

    def all(self) -> list[RunRecord]:
        """Return every record, oldest first."""
        paths = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        return [self._read(path) for path in paths]

    def _path(self, run_id: str) -> Path:
        return self._folder / f"{run_id}.json"

    def _read(self, path: Path) -> RunRecord:
        return codec.decode(path.read_bytes(), RunRecord, source=str(path))
