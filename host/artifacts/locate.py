"""Finds a study's exported artifacts, and refuses those that are missing or not its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract import codec
from device_agent.contract.artifact import MANIFEST_NAME, ArtifactManifest
from device_agent.contract.errors import DataError
from device_agent.digest import digest_bytes
from host.artifacts.plan import Plan


@dataclass(frozen=True)
class LocatedArtifact:
    """An artifact on the host's disk.

    Attributes:
        digest: Of its manifest; what a run spec names.
    """

    folder: Path
    manifest: ArtifactManifest
    digest: str


Located = Mapping[str, Mapping[str, LocatedArtifact]]
"""Variant to task to artifact."""


def locate_artifacts(plan: Plan, study_file: Path) -> Located:
    """Open every artifact of a plan.

    Raises:
        DataError: One has not been exported yet.
        ContractError: A manifest is malformed or of another version.
    """
    opened: dict[Path, LocatedArtifact] = {}
    missing = []
    for folder in {f for folders in plan.folders.values() for f in folders.values()}:
        path = folder / MANIFEST_NAME
        if not path.is_file():
            missing.append(folder)
            continue
        data = path.read_bytes()
        opened[folder] = LocatedArtifact(
            folder=folder,
            manifest=codec.decode(data, ArtifactManifest, source=str(path)),
            digest=digest_bytes(data),
        )
    if missing:
        raise DataError(
            f"{len(missing)} artifacts of the study are not exported yet, "
            f"the first is {min(missing)}.",
            remedy=f"Run `host export {study_file}` first.",
        )
    return {
        variant: {task: opened[folder] for task, folder in folders.items()}
        for variant, folders in plan.folders.items()
    }
