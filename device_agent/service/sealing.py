"""Seals an ended run into its bundle: journal, spec, facts, gold, manifests, digests, signature."""

from __future__ import annotations

import os
import shutil
import tarfile
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from device_agent.contract import codec
from device_agent.contract.bundle import (
    FACTS_NAME,
    JOURNAL_NAME,
    MANIFEST_NAME,
    SEAL_NAME,
    SIGNATURE_NAME,
    SPEC_NAME,
    BundleManifest,
    Seal,
)
from device_agent.contract.errors import ContractError, RunError, XtremeEdgeError
from device_agent.contract.events import StateChanged
from device_agent.contract.files import FileEntry
from device_agent.contract.runspec import TERMINAL_STATES, RunSpec
from device_agent.contract.status import UnreadableRun
from device_agent.contract.upkeep import StretchDone
from device_agent.digest import digest_bytes, digest_file
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.measure.enough import Enough
from device_agent.measure.stretches import Stretches
from device_agent.probe import probe
from device_agent.service import damage
from device_agent.service.lock import serving_pid
from device_agent.service.runs import RunFolder, why_unsealed, write_durably
from device_agent.signing import can_sign, sign
from device_agent.store import Store

_AGENTS_TIME_S = 120.0
_LOOK_EVERY_S = 0.1


class NotEndedError(RunError):
    """Only an ended run has a bundle."""


def seal(folder: RunFolder, journal: Journal, layout: Layout) -> Path:
    """Write the bundle folder of an ended run and return it.

    One that another process has sealed from the same events stays as it is: a host may be
    fetching it. An older one is made anew.

    Raises:
        NotEndedError: The run has not ended, or was taken up again.
        DeviceError: The key that signs cannot be read.
    """
    with folder.turn():
        state = _require_end(folder, journal)
        if not _holds(folder, journal.last_seq()):
            _seal(folder, journal, layout, state)
        folder.unsealed.unlink(missing_ok=True)
        return folder.bundle


def _holds(folder: RunFolder, events: int) -> bool:
    """Say whether the sealed bundle holds so many events, all that there are."""
    if not folder.is_sealed:
        return False
    try:
        data = (folder.bundle / MANIFEST_NAME).read_bytes()
        return codec.decode(data, BundleManifest, source=MANIFEST_NAME).events == events
    except (OSError, ContractError):
        return False


def _seal(folder: RunFolder, journal: Journal, layout: Layout, state: StateChanged) -> Path:
    spec = folder.read_spec()
    beside = folder.bundle.with_name(f".bundle.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    shutil.copyfile(folder.spec, beside / SPEC_NAME)
    (beside / FACTS_NAME).write_bytes(codec.encode_pretty(probe(layout.root)))
    events = _write_journal(journal, beside / JOURNAL_NAME)
    _copy_evidence(spec, Store(layout), beside)
    manifest = codec.encode_pretty(
        BundleManifest(
            run_id=spec.run_id,
            state=state.state,
            reason=state.reason,
            missing=_missing(spec, journal),
            events=events,
            files=tuple(
                _entry(path, beside) for path in sorted(beside.rglob("*")) if path.is_file()
            ),
        )
    )
    (beside / MANIFEST_NAME).write_bytes(manifest)
    (beside / SEAL_NAME).write_bytes(codec.encode_pretty(Seal(manifest=digest_bytes(manifest))))
    (beside / SIGNATURE_NAME).write_bytes(sign(manifest, layout))
    for path in (beside, *beside.rglob("*")):
        _sync(path)
    shutil.rmtree(folder.bundle, ignore_errors=True)
    beside.rename(folder.bundle)
    _sync(folder.path)
    return folder.bundle


def note_unsealed(folder: RunFolder, error: XtremeEdgeError) -> None:
    """Keep why the ended run has no bundle, for those who ask for it."""
    found = UnreadableRun(
        run_id=folder.path.name,
        reason=f"has ended and cannot be sealed: {error.message}",
        remedy=error.remedy,
    )
    # On a full disk the agent's log has it, and this is no reason to lose more.
    with suppress(OSError):
        write_durably(folder.unsealed, codec.encode(found))


def seal_here(folder: RunFolder, journal: Journal, layout: Layout) -> Path:
    """Seal in another process than the agent's, which is given the time to do it itself.

    Raises:
        RunError: The run has not ended, or only the agent can seal it and has not yet, or its
            journal is damaged, so that nobody can.
    """
    _require_end(folder, journal)
    end_s = time.monotonic() + _AGENTS_TIME_S
    while serving_pid(layout) is not None and time.monotonic() < end_s:
        if folder.is_sealed:
            return folder.bundle
        for found in why_unsealed(folder):
            raise RunError(f"Run {found.run_id} {found.reason}", remedy=found.remedy)
        time.sleep(_LOOK_EVERY_S)
    try:
        if can_sign(layout):
            return seal(folder, journal, layout)
        _read_through(journal)
    except ContractError as error:
        found = damage.describe(folder.path, error)
        raise RunError(f"Run {folder.path.name} {found.reason}", remedy=found.remedy) from error
    raise RunError(
        f"Run {folder.path.name} has ended and is not sealed yet: only the agent itself has "
        "the key that signs.",
        remedy=f"Run `host collect {folder.path.name}` again in a minute; if that does not "
        "help, start the agent with `host deploy`.",
    )


def _read_through(journal: Journal) -> None:
    for _ in journal.all_events():
        pass


def write_tar(bundle: Path, output: BinaryIO) -> None:
    """Write the bundle's files as an uncompressed tar with neutral metadata."""
    with tarfile.open(fileobj=output, mode="w|", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(p for p in bundle.rglob("*") if p.is_file()):
            entry = tarfile.TarInfo(path.relative_to(bundle).as_posix())
            with path.open("rb") as file:
                # A journal of a million samples is larger than a small board's memory.
                entry.size = os.fstat(file.fileno()).st_size
                tar.addfile(entry, file)


def _require_end(folder: RunFolder, journal: Journal) -> StateChanged:
    state = journal.state()
    if state.state not in TERMINAL_STATES:
        run_id = folder.path.name
        raise NotEndedError(
            f"Run {run_id} is {state.state}; only an ended run has a bundle.",
            remedy=f"Wait for it (`host attach {run_id}`) or end it (`host cancel {run_id}`).",
        )
    return state


def _write_journal(journal: Journal, target: Path) -> int:
    count = 0
    with target.open("wb") as file:
        for event in journal.all_events():
            file.write(codec.encode(event) + b"\n")
            count += 1
    return count


def _copy_evidence(spec: RunSpec, store: Store, target: Path) -> None:
    """Copy what scores and claims are computed from: gold and artifact manifests."""
    (target / "gold").mkdir()
    for dataset in spec.datasets:
        if dataset.gold is not None:
            name = f"{dataset.task}.{dataset.language}.jsonl"
            shutil.copyfile(store.blob(dataset.gold), target / "gold" / name)
    (target / "artifacts").mkdir()
    for digest in {a for variant in spec.variants for a in variant.artifacts.values()}:
        shutil.copyfile(store.blob(digest), target / "artifacts" / f"{digest}.json")


def _missing(spec: RunSpec, journal: Journal) -> tuple[str, ...]:
    """Say what the spec planned and the journal does not have."""
    missing = []
    if "accuracy" in spec.modes:
        for variant in (v for v in spec.variants if v.control_of is None):
            for d in spec.datasets:
                done = journal.finished(variant.name, d.task, d.language).samples
                if done < d.samples:
                    missing.append(
                        f"{variant.name} {d.task} {d.language}: {done} of {d.samples} samples"
                    )
    if "performance" in spec.modes and spec.performance is not None:
        enough = Enough(spec, spec.performance, journal.round_bodies())
        if not enough.reached:
            missing.append(f"{enough.valid} of {spec.performance.rounds} valid rounds")
        if spec.performance.sustained_s is not None:
            planned = Stretches.of(spec.performance.sustained_s).count
            done = max((one.stretch + 1 for one in journal.bodies(StretchDone)), default=0)
            if done < planned:
                missing.append(f"{done} of {planned} stretches of sustained work")
    return tuple(missing)


def _entry(path: Path, root: Path) -> FileEntry:
    return FileEntry(
        path=path.relative_to(root).as_posix(),
        size_bytes=path.stat().st_size,
        digest=digest_file(path),
    )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
