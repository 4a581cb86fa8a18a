"""The agent as tests use it: a process of its own over a state folder on this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from device_agent.contract import codec
from device_agent.contract.events import Event, SampleDone
from device_agent.contract.runspec import TERMINAL_STATES, RunSpec
from device_agent.contract.status import RunStatus
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.service.runs import RunFolder, Runs
from host.deploy.content import Blob
from tests.signing import give_key

PATIENCE_S = 120.0


@dataclass
class LocalAgent:
    """One state folder, with a daemon that tests start and kill."""

    state: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def layout(self) -> Layout:
        return Layout(PurePosixPath(self.state))

    @property
    def runs(self) -> Runs:
        return Runs(self.layout)

    def fill(self, blobs: Iterable[Blob]) -> None:
        """Put blobs where a deploy would."""
        for blob in blobs:
            target = Path(self.layout.blob(blob.digest))
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(blob.path, target)

    def submit(self, spec: RunSpec) -> RunStatus:
        return self.runs.submit(codec.encode(spec))

    def start(self) -> None:
        """Start the daemon, with the tests' signing key; it may be killed by `kill`."""
        give_key(self.state)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "device_agent.cli", "serve", "--state", str(self.state)],
            stderr=subprocess.DEVNULL,
        )

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal, wait for the end and return the exit status."""
        assert self.process is not None
        os.kill(self.process.pid, number)
        return self.process.wait(PATIENCE_S)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill(signal.SIGTERM)

    def folder(self, run_id: str) -> RunFolder:
        return self.runs.folder(run_id)

    def events(self, run_id: str) -> list[Event]:
        with Journal(self.folder(run_id).journal, writable=False) as journal:
            return list(journal.all_events())

    def wait_for_events(self, run_id: str, count: int) -> None:
        """Wait until the journal has so many events; fails where the daemon dies before."""
        path = self.folder(run_id).journal
        self.wait_until(lambda: _last_seq(path) >= count, f"{count} events")

    def wait_for_end(self, run_id: str) -> str:
        """Wait until the run has ended and is sealed; return its state."""

        def ended() -> bool:
            status = self.runs.status(self.folder(run_id))
            return status.state in TERMINAL_STATES and status.bundle is not None

        self.wait_until(ended, "the end")
        return self.runs.status(self.folder(run_id)).state

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until something holds; fails where the daemon dies before."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not condition():
            assert self.process is not None
            assert self.process.poll() is None, f"the daemon ended before {what}"
            assert time.monotonic() < deadline_s, f"waited too long for {what}"
            time.sleep(0.01)


def _last_seq(path: Path) -> int:
    with Journal(path, writable=False) as journal:
        return journal.last_seq()


def predictions(events: Iterable[Event]) -> dict[tuple[str, str, str, str], object]:
    """Return every prediction by its key; a key that comes twice fails."""
    found: dict[tuple[str, str, str, str], object] = {}
    for event in events:
        body = event.body
        if isinstance(body, SampleDone):
            key = (body.variant, body.task, body.language, body.sample_id)
            assert key not in found, f"{key} has two results"
            found[key] = body.prediction
    return found
