"""Remembers which run belongs to which device and scenario of a study, across calls."""

from __future__ import annotations

import os
import threading

from device_agent.contract import codec
from device_agent.contract.codec import Digest, Document, Identifier
from device_agent.contract.runspec import RunSpec, Scenario
from device_agent.digest import digest_bytes
from host.workspace import Workspace

_NAME = "study-run.json"


class Entry(Document):
    """One run that was started.

    Attributes:
        plan: What it does, whatever it is called: a study that was changed needs another run.
    """

    device: str
    scenario: Scenario
    run_id: Identifier
    plan: Digest


class _Runs(Document):
    runs: tuple[Entry, ...] = ()


class Ledger:
    """The runs of a study's workspace, in one small file.

    Args:
        workspace: The study's.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._path = workspace.root / _NAME
        # Devices run side by side, in threads.
        self._writing = threading.Lock()

    def find(self, device: str, scenario: Scenario, plan: str) -> str | None:
        """Return the run that does this, if one was started."""
        for entry in self._read().runs:
            if (entry.device, entry.scenario, entry.plan) == (device, scenario, plan):
                return entry.run_id
        return None

    def latest(self, device: str, scenario: Scenario) -> str | None:
        """Return the run of this device and scenario, whatever its plan was."""
        for entry in self._read().runs:
            if (entry.device, entry.scenario) == (device, scenario):
                return entry.run_id
        return None

    def keep(self, entry: Entry) -> None:
        """Write a run down, in place of an older one of its device and scenario."""
        with self._writing:
            others = [
                old
                for old in self._read().runs
                if (old.device, old.scenario) != (entry.device, entry.scenario)
            ]
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
            beside.write_bytes(codec.encode_pretty(_Runs(runs=(*others, entry))))
            beside.replace(self._path)

    def _read(self) -> _Runs:
        if not self._path.is_file():
            return _Runs()
        return codec.decode(self._path.read_bytes(), _Runs, source=str(self._path))


def plan_digest(spec: RunSpec) -> str:
    """Return the identity of what a run does: all of its spec but its name."""
    plain = codec.decode(codec.encode(spec), dict, source="run spec")
    return digest_bytes(codec.encode({**plain, "run_id": ""}))
