"""Fetches a sealed run, and keeps it only once it is verified."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import msgspec

from device_agent.contract import codec
from device_agent.contract.bundle import MANIFEST_NAME, SEAL_NAME
from device_agent.contract.errors import ContractError, RunError
from device_agent.contract.files import RelativePath
from device_agent.digest import digest_file
from host.agent import Agent
from host.analysis.signature import Trust
from host.analysis.verify import verify_bundle
from host.inventory import Signers
from host.runs.scratch import scratch_folder

_MAX_BUNDLE_BYTES = 8 << 30
_MAX_FILES = 10_000
_TAR_BLOCK_BYTES = 512
_MAX_TAR_BYTES = _MAX_BUNDLE_BYTES + (1 + 2 * _MAX_FILES) * _TAR_BLOCK_BYTES


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
        agent.download_bundle(run_id, tar, limit_bytes=_MAX_TAR_BYTES)
        folder = scratch / "bundle"
        unpack(tar, folder)
        trust = Trust((signers or Signers()).all(), device_of=lambda _: agent.device)
        verification = verify_bundle(folder, trust)
        if verification.run_id not in (None, run_id):
            raise _refused(f"it is of run {verification.run_id}, expected {run_id}")
        verification.require()
        if target.exists():
            shutil.rmtree(target)
        folder.rename(target)
    # From here on the device may evict its own copy when room is short.
    agent.mark_collected(run_id, digest_file(target / MANIFEST_NAME))
    return target


def unpack(tar_file: Path, folder: Path) -> None:
    """Unpack regular files with plain relative names, within bounds; anything else is refused.

    Raises:
        ContractError: Not a tar, or one with a link, a device, an unsafe name, or too much in it.
    """
    folder.mkdir()
    total_bytes = 0
    try:
        with tarfile.open(tar_file, mode="r:") as tar:
            for number, entry in enumerate(tar, start=1):
                total_bytes += entry.size
                if total_bytes > _MAX_BUNDLE_BYTES or number > _MAX_FILES:
                    raise _refused(f"it holds more than {_MAX_BUNDLE_BYTES} bytes or files")
                if not entry.isreg():
                    raise _refused(f"{entry.name!r} is not a regular file")
                path = folder / _safe(entry.name)
                source = tar.extractfile(entry)
                if path.exists() or source is None:
                    raise _refused(f"{entry.name!r} stands in it twice")
                path.parent.mkdir(parents=True, exist_ok=True)
                with source, path.open("xb") as file:
                    shutil.copyfileobj(source, file)
    except (tarfile.TarError, EOFError, NotADirectoryError, FileExistsError) as error:
        raise _refused(str(error)) from error


def _safe(name: str) -> str:
    try:
        return codec.decode(msgspec.json.encode(name), RelativePath, source="name")
    except ContractError as error:
        raise _refused(f"{name!r} is not a plain relative path") from error


def _refused(reason: str) -> ContractError:
    return ContractError(
        f"The bundle that the device sent is refused: {reason}.",
        remedy="Run `host collect` again; if it happens twice, do not trust this device.",
    )
