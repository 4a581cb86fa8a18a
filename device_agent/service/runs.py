"""The run folders on the device: submit, look up, cancel; the spool that the daemon works off."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract import codec
from device_agent.contract.bundle import MANIFEST_NAME, SIGNATURE_NAME, SPEC_NAME
from device_agent.contract.errors import (
    ContractError,
    DeviceError,
    RunError,
    XtremeEdgeError,
)
from device_agent.contract.events import StateChanged
from device_agent.contract.runspec import TERMINAL_STATES, RunSpec
from device_agent.contract.status import RunStatus, UnreadableRun
from device_agent.digest import digest_file
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.probe import usable_cores
from device_agent.service import damage
from device_agent.store import Store

CANCELLED = "cancelled by the user"
RESERVE_BYTES = 256 << 10
_SHOWN_CHARACTERS = 80


@dataclass(frozen=True)
class RunFolder:
    """Names inside one run's folder."""

    path: Path

    @property
    def spec(self) -> Path:
        """The run spec, as submitted."""
        return self.path / SPEC_NAME

    @property
    def journal(self) -> Path:
        """The SQLite journal."""
        return self.path / "journal.sqlite"

    @property
    def cancel_flag(self) -> Path:
        """The run is cancelled once this exists."""
        return self.path / "cancel"

    @property
    def stopped_flag(self) -> Path:
        """The agent left the run in order if this exists: it did not die of it."""
        return self.path / "stopped"

    @property
    def unsealed(self) -> Path:
        """Why the ended run could not be sealed; gone once it is."""
        return self.path / "unsealed.json"

    @property
    def reserve(self) -> Path:
        """Bytes to give up when the disk is full, so that the end can still be written."""
        return self.path / "reserve"

    @property
    def bundle(self) -> Path:
        """The sealed bundle's folder."""
        return self.path / "bundle"

    @property
    def is_sealed(self) -> bool:
        """Whether the bundle is there and signed; a release before signing made some without."""
        return (self.bundle / SIGNATURE_NAME).is_file()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Let nobody else seal the run or take it up again within this context."""
        with (self.path / "sealing").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def read_spec(self) -> RunSpec:
        """Read the run spec."""
        return codec.decode(self.spec.read_bytes(), RunSpec, source=str(self.spec))

    def read_journal(self) -> Journal:
        """Open the journal for reading.

        Raises:
            ContractError: There is none, which a run with a spec always has.
            DeviceError: It cannot be opened.
        """
        if not self.journal.is_file():
            raise ContractError(
                f"{self.journal} is missing.", remedy="Check the device's disk, and submit again."
            )
        return Journal(self.journal, writable=False)


@dataclass(frozen=True)
class Overview:
    """Every run on the device, oldest first: those that can be read, and those that cannot."""

    runs: tuple[RunStatus, ...]
    unreadable: tuple[UnreadableRun, ...]


def write_durably(path: Path, data: bytes) -> None:
    """Write beside, fsync, rename, fsync the folder: whole or not at all, power cut or not."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Runs:
    """All runs below one state folder."""

    def __init__(self, layout: Layout) -> None:
        self._folder = Path(layout.runs)
        self._store = Store(layout)

    def folder(self, run_id: str) -> RunFolder:
        """Return an existing run's folder.

        Raises:
            RunError: There is no such run.
        """
        found = RunFolder(self._folder / run_id)
        # The name came over the wire: it must not lead out of the folder.
        if not codec.is_identifier(run_id) or not found.spec.exists():
            known = ", ".join(f.path.name for f in self.all()) or "none"
            raise RunError(
                f"There is no run {shortened(run_id)!r} on the device; it has: {known}.",
                remedy="Look at `host status` for the runs of each device.",
            )
        return found

    def intact(self, run_id: str) -> RunFolder:
        """Return an existing run's folder, once its spec and its journal could be read.

        Raises:
            RunError: There is no such run, or it is damaged, or cannot be read now.
        """
        folder = self.folder(run_id)
        try:
            self.status(folder)
        except (XtremeEdgeError, OSError) as error:
            found = damage.describe(folder.path, error)
            raise RunError(f"Run {run_id} {found.reason}", remedy=found.remedy) from error
        return folder

    def all(self) -> list[RunFolder]:
        """Return every run, in the order of submission."""
        if not self._folder.is_dir():
            return []
        # The spec is written last: a folder without one is a submission that was cut.
        # What begins with a dot is being evicted.
        paths = [path for path in self._folder.iterdir() if path.name[0] != "."]
        found = [(RunFolder(path), _submitted_ns(path)) for path in paths]
        runs = [(at_ns, folder.path.name, folder) for folder, at_ns in found if at_ns is not None]
        return [folder for *_, folder in sorted(runs, key=lambda run: run[:2])]

    def overview(self) -> Overview:
        """Summarise every run; one that cannot be read hides no other."""
        runs: list[RunStatus] = []
        unreadable: list[UnreadableRun] = []
        for folder in self.all():
            try:
                runs.append(self.status(folder))
                unreadable += why_unsealed(folder)
            except (XtremeEdgeError, OSError) as error:
                unreadable.append(damage.describe(folder.path, error))
        return Overview(tuple(runs), tuple(unreadable))

    def submit(self, data: bytes) -> RunStatus:
        """Queue a run. The same spec again changes nothing, or takes up a run that failed.

        Raises:
            ContractError: The spec is malformed.
            DeviceError: The device lacks what the spec names, or cannot write.
            RunError: Another run has this id, or the run is damaged.
        """
        spec = codec.decode(data, RunSpec, source="the submitted run spec")
        _check_threads(spec)
        self._check_blobs(spec)
        folder = RunFolder(self._folder / spec.run_id)
        if folder.spec.exists():
            self.intact(spec.run_id)
        try:
            folder.path.mkdir(parents=True, exist_ok=True)
            if folder.spec.is_file() and folder.spec.read_bytes() != data:
                raise RunError(
                    f"Run {spec.run_id} exists on the device with another spec.",
                    remedy="Start a new run: `host run STUDY.yaml` chooses a new id.",
                )
            if not folder.reserve.exists():
                write_durably(folder.reserve, bytes(RESERVE_BYTES))
            # SQLite lets only its maker write, but daemon and submitter may be two users.
            folder.journal.touch()
            with Journal(folder.journal, writable=True) as journal:
                self._queue(journal, folder)
                # Last: a folder without a spec is no run, so a cut in between leaves none.
                if not folder.spec.is_file():
                    write_durably(folder.spec, data)
        except OSError as error:
            raise DeviceError(
                f"The device cannot store run {spec.run_id}: {error}",
                remedy="Free space or remount writable on the device, then run `host run` again.",
            ) from error
        return self.status(folder)

    def _queue(self, journal: Journal, folder: RunFolder) -> None:
        # Once its bundle is gone the run counts as ended and unsealed: the daemon must not seal it
        # before it is queued, which would hide it for good.
        with folder.turn():
            if journal.last_seq() == 0:
                journal.append([StateChanged(state="queued")])
            elif (state := journal.state().state) in ("failed", "cancelled"):
                folder.cancel_flag.unlink(missing_ok=True)
                folder.unsealed.unlink(missing_ok=True)
                shutil.rmtree(folder.bundle, ignore_errors=True)
                journal.append([StateChanged(state="queued", reason="submitted again")])
            elif state == "queued" and folder.is_sealed:
                folder.cancel_flag.unlink(missing_ok=True)
                shutil.rmtree(folder.bundle, ignore_errors=True)

    def _check_blobs(self, spec: RunSpec) -> None:
        manifests = {a for v in spec.variants for a in v.artifacts.values()}
        wanted = set(manifests)
        for dataset in spec.datasets:
            wanted |= {dataset.inputs} | ({dataset.gold} if dataset.gold else set())
        missing = self._store.missing(wanted)
        if not missing:
            files = {e.digest for m in manifests for e in self._store.manifest(m).files}
            missing = self._store.missing(files)
        if missing:
            raise DeviceError(
                f"{len(missing)} blobs of run {spec.run_id} are not on the device, "
                f"the first is {missing[0]}.",
                remedy="Run `host run STUDY.yaml` again: it ships what is missing.",
            )

    def cancel(self, run_id: str) -> RunStatus:
        """Ask the run to end; one that waits ends at once, one that has ended stays as it is."""
        folder = self.intact(run_id)
        with folder.turn(), Journal(folder.journal, writable=True) as journal:
            state = journal.state().state
            if state not in TERMINAL_STATES:
                folder.cancel_flag.touch()
            if state == "queued":
                journal.append([StateChanged(state="cancelled", reason=CANCELLED)])
        return self.status(folder)

    def status(self, folder: RunFolder) -> RunStatus:
        """Summarise one run from its journal."""
        spec = folder.read_spec()
        real = [v for v in spec.variants if v.control_of is None]
        planned = sum(d.samples for d in spec.datasets) * len(real)
        with folder.read_journal() as journal:
            state = journal.state()
            return RunStatus(
                run_id=spec.run_id,
                study=spec.study,
                state=state.state,
                reason=state.reason,
                seq=journal.last_seq(),
                samples_done=journal.samples_done(),
                samples_planned=planned if "accuracy" in spec.modes else 0,
                rounds_done=journal.rounds()[1],
                rounds_planned=spec.performance.rounds
                if spec.performance and "performance" in spec.modes
                else 0,
                bundle=digest_file(folder.bundle / MANIFEST_NAME) if folder.is_sealed else None,
            )


def why_unsealed(folder: RunFolder) -> tuple[UnreadableRun, ...]:
    """Return why an ended run has no bundle, if the agent has tried and failed."""
    if folder.is_sealed:
        return ()
    try:
        data = folder.unsealed.read_bytes()
        return (codec.decode(data, UnreadableRun, source=str(folder.unsealed)),)
    except (OSError, ContractError):
        return ()


def shortened(name: str) -> str:
    """Return a name that came from outside, cut to what a message can hold."""
    return name if len(name) <= _SHOWN_CHARACTERS else f"{name[:_SHOWN_CHARACTERS]}…"


def _submitted_ns(path: Path) -> int | None:
    try:
        return RunFolder(path).spec.stat().st_mtime_ns
    except OSError:
        return None


def _check_threads(spec: RunSpec) -> None:
    cores = usable_cores()
    if spec.runtime.threads > cores:
        raise DeviceError(
            f"Run {spec.run_id} wants {spec.runtime.threads} threads, and the device has {cores} "
            "cores: they would wait for each other, and the latencies would be nobody's.",
            remedy=f"Write `runtime: {{threads: {cores}}}` (or less) into the study file, or give "
            "the device's entry fewer `threads`.",
        )
