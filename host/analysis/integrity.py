"""Reads a bundle's files only as far as its seal and manifest vouch for them."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract.bundle import (
    FACTS_NAME,
    JOURNAL_NAME,
    MANIFEST_NAME,
    SEAL_NAME,
    SPEC_NAME,
    BundleManifest,
    Seal,
)
from device_agent.contract.codec import decode, encode_pretty
from device_agent.contract.errors import ContractError, XtremeEdgeError
from device_agent.contract.files import FileEntry
from device_agent.digest import digest_bytes

COLLECT_AGAIN = (
    "Do not use this copy: run `host collect` to fetch the bundle from the device again."
)
RUN_AGAIN = "Report this run's journal, then run the study again: `host run STUDY.yaml`."


class BundleError(XtremeEdgeError):
    """A bundle is incomplete, was changed after sealing, or contradicts itself."""


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong with a bundle.

    Attributes:
        file: Path below the bundle's folder.
        message: What is wrong, found against expected.
        remedy: What to do.
        seq: The event that is wrong, where it is one.
    """

    file: str
    message: str
    remedy: str = COLLECT_AGAIN
    seq: int | None = None

    def __str__(self) -> str:
        place = self.file if self.seq is None else f"{self.file} event {self.seq}"
        return f"{place}: {self.message}"


@dataclass(frozen=True)
class SealedFiles:
    """What was read; `contents` holds only files whose size and digest are the manifest's.

    Attributes:
        digest: Digest of the manifest's bytes, the bundle's identity; None if it is not sealed.
        manifest: None where the seal does not vouch for it.
    """

    folder: Path
    digest: str | None
    manifest: BundleManifest | None
    contents: Mapping[str, bytes]
    failures: tuple[Failure, ...]


def read_sealed(folder: Path) -> SealedFiles:
    """Read every file of a bundle and compare it with the manifest, and that with the seal.

    Nothing outside the folder is ever opened: links and special files are failures, and a
    manifest cannot name a path that leads upwards.

    Args:
        folder: The bundle's folder.

    Raises:
        BundleError: There is no such folder, or it cannot be read.
    """
    if not folder.is_dir():
        raise BundleError(
            f"{folder}: there is no bundle folder",
            remedy="Give the folder that `host collect` printed.",
        )
    try:
        found, failures = _regular_files(folder)
        digest, manifest, more = _sealed_manifest(found)
        if manifest is None:
            return SealedFiles(folder, None, None, {}, (*failures, *more))
        contents, unlike = _listed_files(manifest.files, found)
    except OSError as error:
        raise BundleError(
            f"{folder}: cannot be read: {error}", remedy="Make the folder readable, then try again."
        ) from error
    unlisted = sorted(set(found) - {entry.path for entry in manifest.files} - _OWN)
    failures += [Failure(path, "is not listed in the manifest") for path in unlisted]
    absent = sorted(_REQUIRED - {entry.path for entry in manifest.files})
    failures += [Failure(MANIFEST_NAME, f"does not list {path}") for path in absent]
    return SealedFiles(folder, digest, manifest, contents, (*failures, *more, *unlike))


_OWN = {MANIFEST_NAME, SEAL_NAME}
_REQUIRED = {SPEC_NAME, FACTS_NAME, JOURNAL_NAME}


def _regular_files(folder: Path) -> tuple[dict[str, Path], list[Failure]]:
    found: dict[str, Path] = {}
    failures = []
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode):
            found[name] = path
        else:
            kind = "a symbolic link" if stat.S_ISLNK(mode) else "a special file"
            failures.append(Failure(name, f"is {kind}, expected a regular file"))
    return found, failures


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


def _sealed_manifest(
    found: Mapping[str, Path],
) -> tuple[str | None, BundleManifest | None, list[Failure]]:
    absent = [Failure(name, "is missing") for name in sorted(_OWN - set(found))]
    if absent:
        return None, None, absent
    try:
        data = found[SEAL_NAME].read_bytes()
        seal = decode(data, Seal, source=SEAL_NAME)
        # JSON allows spaces that mean nothing; a changed one is a changed byte all the same.
        if data != encode_pretty(seal):
            return None, None, [Failure(SEAL_NAME, "is not in the form that the device writes")]
        data = found[MANIFEST_NAME].read_bytes()
        digest = digest_bytes(data)
        if digest != seal.manifest:
            message = (
                f"has digest {digest}, {SEAL_NAME} says {seal.manifest}: "
                "one of the two was changed after sealing"
            )
            return None, None, [Failure(MANIFEST_NAME, message)]
        return digest, decode(data, BundleManifest, source=MANIFEST_NAME), []
    except ContractError as error:
        name = SEAL_NAME if error.message.startswith(SEAL_NAME) else MANIFEST_NAME
        return None, None, [Failure(name, error.message.removeprefix(f"{name}: "))]


def _listed_files(
    entries: tuple[FileEntry, ...], found: Mapping[str, Path]
) -> tuple[dict[str, bytes], list[Failure]]:
    contents: dict[str, bytes] = {}
    failures = []
    for entry in entries:
        path = found.get(entry.path)
        if path is None:
            failures.append(Failure(entry.path, "is listed in the manifest and missing"))
            continue
        size = path.stat().st_size
        if size != entry.size_bytes:
            message = f"has {size} bytes, the manifest says {entry.size_bytes}"
            failures.append(Failure(entry.path, message))
            continue
        data = path.read_bytes()
        digest = digest_bytes(data)
        if digest != entry.digest:
            message = f"was changed: its digest is {digest}, the manifest says {entry.digest}"
            failures.append(Failure(entry.path, message))
        elif entry.path in contents or entry.path in _OWN:
            failures.append(Failure(MANIFEST_NAME, f"lists {entry.path}, which it may not (again)"))
        else:
            contents[entry.path] = data
    return contents, failures
