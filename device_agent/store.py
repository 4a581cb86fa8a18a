"""Content-addressed blobs on the device, and the artifact folders that are linked from them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from device_agent.contract import codec
from device_agent.contract.artifact import MANIFEST_NAME, ArtifactManifest
from device_agent.contract.errors import DeviceError
from device_agent.contract.samples import GoldRow
from device_agent.digest import digest_file
from device_agent.layout import Layout
from device_agent.packed import PackedSamples


class Store:
    """Reads what the host has shipped; the host writes blobs, whole and hashed, before a run."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def blob(self, digest: str) -> Path:
        """Return the blob's path.

        Raises:
            DeviceError: It is not on the device.
        """
        path = Path(self._layout.blob(digest))
        if not path.is_file():
            raise DeviceError(
                f"Blob {digest} is not on the device.",
                remedy="Run `host run` again: it ships what is missing.",
            )
        return path

    def missing(self, digests: Iterable[str]) -> tuple[str, ...]:
        """Return the digests without a blob, sorted."""
        return tuple(sorted(d for d in set(digests) if not Path(self._layout.blob(d)).is_file()))

    def manifest(self, digest: str) -> ArtifactManifest:
        """Read an artifact's manifest by its digest."""
        path = self.blob(digest)
        return codec.decode(path.read_bytes(), ArtifactManifest, source=f"artifact {digest[:12]}")

    def artifact(self, digest: str) -> Path:
        """Return the artifact's folder, linking it from blobs at first use.

        Every blob is hashed before it is linked, so a file damaged at rest is found here.

        Raises:
            DeviceError: A blob is missing or its content is not what its name says.
        """
        folder = Path(self._layout.artifacts) / digest
        if folder.is_dir():
            return folder
        manifest = self.manifest(digest)
        beside = folder.with_name(f".{digest}.{os.getpid()}")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for name, content in [(e.path, e.digest) for e in manifest.files] + [
            (MANIFEST_NAME, digest)
        ]:
            source = self.blob(content)
            found = digest_file(source)
            if found != content:
                source.unlink()
                raise DeviceError(
                    f"{name} of artifact {manifest.name} is damaged on the device: "
                    f"its digest is {found}, expected {content}. The blob was removed.",
                    remedy="Run `host run` again: it ships the blob anew. Check the disk if it "
                    "happens twice.",
                )
            target = beside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(source, target)
        try:
            beside.rename(folder)
        except OSError:
            # Daemon and golden check may link the same artifact at once; the first one counts.
            shutil.rmtree(beside, ignore_errors=True)
            if not folder.is_dir():
                raise
        return folder

    def samples(self, inputs: str, gold: str | None) -> PackedSamples:
        """Return a packed dataset: input lines, read as they are asked for, with their gold."""
        return PackedSamples(
            self.blob(inputs),
            gold={row.id: row.gold for row in self._gold_rows(gold)} if gold else {},
            source=f"dataset {inputs[:12]}",
        )

    def _gold_rows(self, digest: str) -> Iterator[GoldRow]:
        with self.blob(digest).open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                yield codec.decode(line, GoldRow, source=f"gold {digest[:12]} line {number}")
