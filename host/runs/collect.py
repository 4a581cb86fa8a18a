"""Fetches a sealed run, and keeps it only once it is verified."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from itertools import count
from pathlib import Path

from device_agent.contract.bundle import MANIFEST_NAME, SEAL_NAME
from device_agent.contract.errors import RunError
from device_agent.digest import digest_file
from host.agent import Agent
from host.analysis.evidence.verify import verify_bundle
from host.analysis.seal.signature import Trust
from host.inventory import Signers
from host.runs.scratch import scratch_folder
from host.runs.unpack import MAX_TAR_BYTES, refused, unpack


def collect(agent: Agent, run_id: str, target: Path, signers: Signers | None = None) -> Path:
    """Fetch, unpack and verify a bundle into the folder `target`; an older copy is replaced.

    Nothing that does not verify ever stands at `target`, and the device keeps its own copy.

    Args:
        agent: The device's, whose key must have signed the bundle.
        run_id: The run.
        target: The bundle's folder.
        signers: The pinned keys; None are this user's.

    Raises:
        ContractError: The tar is hostile.
        BundleError: The bundle does not verify.
        RunError: `target` is something else than an older bundle, or cannot be written.
        TransportError, AgentError: It could not be fetched; nothing was changed.
    """
    target = target.absolute()
    if target.is_symlink() or (target.exists() and not (target / SEAL_NAME).is_file()):
        raise RunError(
            f"{target} exists and is no bundle; collecting would replace it.",
            remedy="Name a folder that does not exist: `host collect RUN --output FOLDER`.",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(
            f"{target.parent} cannot be made: {error.strerror}.",
            remedy="Name a folder that can be written: `host collect RUN --output FOLDER`.",
        ) from error
    with scratch_folder(target.parent) as scratch:
        tar = scratch / "bundle.tar"
        agent.download_bundle(run_id, tar, limit_bytes=MAX_TAR_BYTES)
        folder = scratch / "bundle"
        unpack(tar, folder)
        trust = Trust((signers or Signers()).all(), device_of=lambda _: agent.device)
        verification = verify_bundle(folder, trust)
        if verification.run_id not in (None, run_id):
            raise refused(f"it is of run {verification.run_id}, expected {run_id}")
        verification.require()
        manifest = digest_file(folder / MANIFEST_NAME)
        _sync(folder, *folder.rglob("*"))
        _put(folder, target, scratch)
    # From here on the device may evict its copy: ours must outlive a power cut.
    agent.mark_collected(run_id, manifest)
    return target


def _put(folder: Path, target: Path, scratch: Path) -> None:
    """Rename the folder to `target`, whoever else collects the same run at this moment."""
    for attempt in count():
        try:
            folder.rename(target)
            break
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        with suppress(FileNotFoundError):
            target.rename(scratch / f"older-{attempt}")
    _sync(target.parent)


def _sync(*paths: Path) -> None:
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
