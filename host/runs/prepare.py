"""Turns a study into what the device needs: a run spec, and the blobs that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from device_agent.contract.runspec import RunSpec
from host.artifacts.locate import Located, locate_artifacts
from host.artifacts.plan import plan_artifacts
from host.data.pack import pack_study
from host.studies.schema import Study
from host.studies.spec import make_run_spec
from host.workspace import Workspace


@dataclass(frozen=True)
class PreparedRun:
    """A run that is ready to be shipped and submitted.

    Attributes:
        blobs: Digest to file, of all that the spec names.
    """

    spec: RunSpec
    blobs: Mapping[str, Path]


def new_run_id(study: Study) -> str:
    """Return a run id made of the study's name and the time, to the second."""
    return f"{study.name}-{datetime.now(timezone.utc):%Y%m%d-%H%M%S}"


def prepare_run(study: Study, workspace: Workspace, *, run_id: str, threads: int) -> PreparedRun:
    """Locate the study's artifacts, pack its data, and make the run spec.

    Args:
        study: The study.
        workspace: Where its artifacts are and its data is packed to.
        run_id: The new run's name.
        threads: Used where the study names none.

    Raises:
        DataError: An artifact is not exported, or data is missing or malformed.
    """
    located = locate_artifacts(plan_artifacts(study, workspace), study.path)
    datasets = pack_study(study, workspace.data)
    spec = make_run_spec(
        study,
        run_id=run_id,
        artifacts={v: {t: a.digest for t, a in of.items()} for v, of in located.items()},
        datasets=datasets,
        threads=threads,
    )
    blobs = _artifact_blobs(located)
    for dataset in datasets:
        blobs[dataset.inputs] = workspace.data / dataset.inputs
        if dataset.gold is not None:
            blobs[dataset.gold] = workspace.data / dataset.gold
    return PreparedRun(spec=spec, blobs=blobs)


def _artifact_blobs(located: Located) -> dict[str, Path]:
    artifacts = [artifact for of in located.values() for artifact in of.values()]
    return {digest: path for artifact in artifacts for digest, path in artifact.blobs()}
