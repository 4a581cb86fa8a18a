"""Loads a bundle into typed values, strictly: what its seal does not vouch for is never decoded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.bundle import FACTS_NAME, JOURNAL_NAME, SPEC_NAME, BundleManifest
from device_agent.contract.codec import Document, decode
from device_agent.contract.errors import ContractError
from device_agent.contract.events import Event
from device_agent.contract.facts import DeviceFacts
from device_agent.contract.runspec import RunSpec, Variant
from device_agent.contract.samples import Gold, GoldRow
from host.analysis.seal.failure import COLLECT_AGAIN
from host.analysis.seal.integrity import BundleError, SealedFiles, read_sealed
from host.analysis.seal.signature import SignedBy

Body_ = TypeVar("Body_", bound=Document)

Cell = tuple[str, str]
"""Task and language."""


@dataclass(frozen=True)
class Bundle:
    """One sealed run, as the device wrote it.

    Attributes:
        digest: Digest of the bundle's manifest.
        gold: Per task and language, gold by sample id, in reading order; a cell without gold is
            absent.
        artifacts: Artifact manifests by their digest.
        signed_by: Whose key signed it; None where nobody looked.
    """

    folder: Path
    digest: str
    manifest: BundleManifest
    spec: RunSpec
    facts: DeviceFacts
    events: tuple[Event, ...]
    gold: Mapping[Cell, Mapping[str, Gold]]
    artifacts: Mapping[str, ArtifactManifest]
    signed_by: SignedBy | None = None

    def bodies(self, kind: type[Body_]) -> Iterator[Body_]:
        """Yield the bodies of all events of one kind, in order."""
        for _, body in self.entries(kind):
            yield body

    def entries(self, kind: type[Body_]) -> Iterator[tuple[int, Body_]]:
        """Yield seq and body of all events of one kind, in order."""
        for event in self.events:
            if isinstance(event.body, kind):
                yield event.seq, event.body

    @property
    def finished(self) -> bool:
        """Whether the run says that it did all it had planned."""
        return self.manifest.state == "finished"

    @property
    def compared(self) -> tuple[Variant, ...]:
        """The variants without the A/A control."""
        return tuple(v for v in self.spec.variants if v.control_of is None)


def gold_path(task: str, language: str) -> str:
    """Return where a bundle holds the gold of one task and language."""
    return f"gold/{task}.{language}.jsonl"


def artifact_path(digest: str) -> str:
    """Return where a bundle holds the artifact manifest of that digest."""
    return f"artifacts/{digest}.json"


def load_bundle(folder: Path) -> Bundle:
    """Read, check against seal and manifest, and decode a bundle, whoever signed it.

    Raises:
        BundleError: A file is missing, was changed, is not listed or contradicts another; the
            message names it.
        ContractError: A file is not of the form that this version reads.
    """
    files = read_sealed(folder)
    if files.failures:
        first, *others = files.failures
        more = f" (and {len(others)} more)" if others else ""
        raise BundleError(f"{folder}: {first}{more}", remedy=first.remedy)
    return decode_bundle(files)


def decode_bundle(files: SealedFiles) -> Bundle:
    """Decode the files of a bundle that passed `read_sealed` without a failure.

    Raises:
        BundleError, ContractError: As `load_bundle`.
    """
    assert files.manifest is not None
    assert files.digest is not None
    contents = files.contents
    spec = decode(contents[SPEC_NAME], RunSpec, source=SPEC_NAME)
    finished = files.manifest.state == "finished"
    gold = {}
    for dataset in spec.datasets:
        path = gold_path(dataset.task, dataset.language)
        # A run that failed early may never have had its gold.
        if dataset.gold is not None and (finished or path in contents):
            gold[dataset.task, dataset.language] = _gold(_content(contents, path), path)
    return Bundle(
        folder=files.folder,
        digest=files.digest,
        manifest=files.manifest,
        spec=spec,
        facts=decode(contents[FACTS_NAME], DeviceFacts, source=FACTS_NAME),
        events=_events(contents[JOURNAL_NAME]),
        gold=gold,
        artifacts=_artifacts(contents),
        signed_by=files.signed_by,
    )


def _content(contents: Mapping[str, bytes], path: str) -> bytes:
    if path not in contents:
        raise BundleError(f"{path}: {SPEC_NAME} needs it and it is missing", remedy=COLLECT_AGAIN)
    return contents[path]


def _events(data: bytes) -> tuple[Event, ...]:
    return tuple(
        decode(line, Event, source=f"{JOURNAL_NAME} line {number}")
        for number, line in enumerate(_lines(data), 1)
    )


def _gold(data: bytes, path: str) -> Mapping[str, Gold]:
    gold: dict[str, Gold] = {}
    for number, line in enumerate(_lines(data), 1):
        row = decode(line, GoldRow, source=f"{path} line {number}")
        if row.id in gold:
            raise ContractError(
                f"{path} line {number}: gold of sample {row.id!r} stands there twice",
                remedy="Pack the data again with `host run`; do not edit it by hand.",
            )
        gold[row.id] = row.gold
    return gold


def _lines(data: bytes) -> list[bytes]:
    return data.removesuffix(b"\n").split(b"\n") if data else []


def _artifacts(contents: Mapping[str, bytes]) -> Mapping[str, ArtifactManifest]:
    return {
        path.removeprefix("artifacts/").removesuffix(".json"): decode(
            data, ArtifactManifest, source=path
        )
        for path, data in contents.items()
        if path.startswith("artifacts/")
    }
