"""What is shipped: files known by their digest, gathered from artifact folders and packed data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from device_agent.contract import codec
from device_agent.contract.artifact import MANIFEST_NAME, ArtifactManifest
from device_agent.contract.errors import DataError
from device_agent.digest import digest_bytes


@dataclass(frozen=True)
class Blob:
    """One file to ship.

    Attributes:
        digest: SHA-256 that it must have on the device; not computed again before sending,
            because the device computes it in any case.
        name: What messages call it.
        manifest: What it says, where it is the manifest of an artifact.
    """

    digest: str
    path: Path
    size_bytes: int
    name: str
    manifest: ArtifactManifest | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, digest: str, path: Path, name: str | None = None) -> Blob:
        """Describe a file whose digest is known.

        Raises:
            DataError: The file is not there.
        """
        try:
            size_bytes = path.stat().st_size
        except OSError as error:
            raise DataError(
                f"{path} cannot be shipped: {error.strerror}.",
                remedy="Make it again: `host export` for artifacts, `host run` for packed data.",
            ) from error
        return cls(digest=digest, path=path, size_bytes=size_bytes, name=name or path.name)


def artifact_blobs(folder: Path) -> tuple[Blob, ...]:
    """Return the blobs of an exported artifact: its manifest and every file that it names.

    The manifest's own digest, by which a run spec names the artifact, is that of the first.

    Raises:
        DataError: The manifest or a file is missing, or a file has another size.
        ContractError: The manifest is malformed.
    """
    path = folder / MANIFEST_NAME
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{folder} is not an artifact: {MANIFEST_NAME} cannot be read: {error.strerror}.",
            remedy="Make it with `host export`.",
        ) from error
    manifest = codec.decode(data, ArtifactManifest, source=str(path))
    named = Blob.of(digest_bytes(data), path, f"{manifest.name}/{MANIFEST_NAME}")
    blobs = [replace(named, manifest=manifest)]
    for entry in manifest.files:
        blob = Blob.of(entry.digest, folder / entry.path, f"{manifest.name}/{entry.path}")
        if blob.size_bytes != entry.size_bytes:
            raise DataError(
                f"{blob.path} has {blob.size_bytes} bytes, its manifest says {entry.size_bytes}.",
                remedy="Make the artifact again with `host export`.",
            )
        blobs.append(blob)
    return tuple(blobs)


def formats_of(blobs: Iterable[Blob]) -> frozenset[str]:
    """Return the formats of the artifacts among these blobs."""
    return frozenset(blob.manifest.format for blob in blobs if blob.manifest is not None)
