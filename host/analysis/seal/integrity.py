"""Reads a bundle's files only as far as signature, seal and manifest vouch for them."""

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
    SIGNATURE_NAME,
    SPEC_NAME,
    BundleManifest,
    Seal,
)
from device_agent.contract.codec import decode, encode_pretty
from device_agent.contract.errors import ContractError, XtremeEdgeError
from device_agent.contract.files import FileEntry
from device_agent.digest import digest_bytes
from host.analysis.seal.failure import COLLECT_AGAIN, Failure
from host.analysis.seal.signature import SignedBy, Trust, check_signature

_MAX_SEAL_BYTES = 4 << 10
_MAX_MANIFEST_BYTES = 16 << 20


class BundleError(XtremeEdgeError):
    """A bundle is incomplete, was changed after sealing, or contradicts itself."""


@dataclass(frozen=True)
class SealedFiles:
    """What was read; `contents` holds only files whose size and digest are the manifest's.

    Attributes:
        digest: Digest of the manifest's bytes, the bundle's identity; None if it is not sealed.
        manifest: None where the seal, or the signature, does not vouch for it.
        signed_by: Whose valid signature it has; None where there is none, or nobody looked.
    """

    folder: Path
    digest: str | None
    manifest: BundleManifest | None
    contents: Mapping[str, bytes]
    failures: tuple[Failure, ...]
    signed_by: SignedBy | None = None


def read_sealed(folder: Path, trust: Trust | None = None) -> SealedFiles:
    """Read every file of a bundle and compare it with the manifest, and that with the seal.

    Nothing outside the folder is ever opened: links and special files are failures, and a
    manifest cannot name a path that leads upwards.

    Args:
        folder: The bundle's folder.
        trust: Whose signature counts; nothing is decoded or hashed without one. None looks at no
            signature.

    Raises:
        BundleError: There is no such folder, or it cannot be read.
    """
    if not folder.is_dir():
        raise BundleError(
            f"{folder}: there is no bundle folder",
            remedy="Give the folder that `host collect` printed.",
        )
    if not (folder / MANIFEST_NAME).exists() and any(folder.glob(f"*/{MANIFEST_NAME}")):
        raise BundleError(
            f"{folder}: holds bundles, and is none",
            remedy=f"Give those in it that you mean, all of them with `{folder}/*`.",
        )
    try:
        found, failures = _regular_files(folder)
        head = _read_head(found, trust)
        if head.manifest is None:
            return SealedFiles(folder, None, None, {}, (*failures, *head.failures), head.signed_by)
        manifest = head.manifest
        contents, unlike = _listed_files(manifest.files, found)
    except OSError as error:
        raise BundleError(
            f"{folder}: cannot be read: {error}", remedy="Make the folder readable, then try again."
        ) from error
    unlisted = sorted(set(found) - {entry.path for entry in manifest.files} - _OWN)
    failures += [Failure(path, "is not listed in the manifest") for path in unlisted]
    absent = sorted(_REQUIRED - {entry.path for entry in manifest.files})
    failures += [Failure(MANIFEST_NAME, f"does not list {path}") for path in absent]
    wrong = (*failures, *head.failures, *unlike)
    return SealedFiles(folder, head.digest, manifest, contents, wrong, head.signed_by)


_ALWAYS = {MANIFEST_NAME, SEAL_NAME}
_OWN = {*_ALWAYS, SIGNATURE_NAME}
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


@dataclass(frozen=True)
class _Head:
    """What vouches for the rest: seal, signature and manifest."""

    digest: str | None = None
    manifest: BundleManifest | None = None
    signed_by: SignedBy | None = None
    failures: tuple[Failure, ...] = ()


def _read_head(found: Mapping[str, Path], trust: Trust | None) -> _Head:
    absent = tuple(Failure(name, "is missing") for name in sorted(_ALWAYS - set(found)))
    if absent:
        return _Head(failures=absent)
    limits = {
        SEAL_NAME: _MAX_SEAL_BYTES,
        SIGNATURE_NAME: _MAX_SEAL_BYTES,
        MANIFEST_NAME: _MAX_MANIFEST_BYTES,
    }
    large = tuple(
        Failure(name, f"has {size} bytes, and the most that one can have is {limit}")
        for name, limit in limits.items()
        if name in found and (size := found[name].stat().st_size) > limit
    )
    if large:
        return _Head(failures=large)
    manifest = found[MANIFEST_NAME].read_bytes()
    try:
        digest = _sealed_digest(found[SEAL_NAME].read_bytes(), manifest)
        signed_by: SignedBy | None = None
        if trust is not None:
            path = found.get(SIGNATURE_NAME)
            signature = None if path is None else path.read_bytes()
            signed_by, failures = check_signature(manifest, signature, trust)
            if failures:
                return _Head(signed_by=signed_by, failures=failures)
        return _Head(digest, decode(manifest, BundleManifest, source=MANIFEST_NAME), signed_by)
    except ContractError as error:
        name, _, message = error.message.partition(": ")
        return _Head(failures=(Failure(name, message),))


def _sealed_digest(seal_data: bytes, manifest: bytes) -> str:
    """Return the manifest's digest; raises `ContractError` where the seal has another."""
    seal = decode(seal_data, Seal, source=SEAL_NAME)
    # JSON allows spaces that mean nothing; a changed one is a changed byte all the same.
    if seal_data != encode_pretty(seal):
        raise ContractError(
            f"{SEAL_NAME}: is not in the form that the device writes", remedy=COLLECT_AGAIN
        )
    digest = digest_bytes(manifest)
    if digest != seal.manifest:
        raise ContractError(
            f"{MANIFEST_NAME}: has digest {digest}, {SEAL_NAME} says {seal.manifest}: "
            "one of the two was changed after sealing",
            remedy=COLLECT_AGAIN,
        )
    return digest


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
