"""Turns a study into what the device needs: a run spec, and the blobs that it names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from device_agent.contract.runspec import Dataset, RunSpec
from host.artifacts.locate import Located, locate_artifacts
from host.artifacts.plan import plan_artifacts
from host.data.pack import pack_study
from host.deploy.content import Blob, artifact_blobs
from host.studies.schema import Study
from host.studies.spec import make_run_spec
from host.workspace import Workspace


@dataclass(frozen=True)
class PreparedRun:
    """A run that is ready to be shipped and submitted.

    Attributes:
        blobs: All that the spec names.
    """

    spec: RunSpec
    blobs: tuple[Blob, ...]


def new_run_id(study: Study, device: str) -> str:
    """Return a run id made of the study's name, the device's and the time, to the second."""
    return f"{study.name}-{device}-{datetime.now(timezone.utc):%Y%m%d-%H%M%S}"


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
    return PreparedRun(spec=spec, blobs=(*_artifacts(located), *_data(datasets, workspace)))


def _artifacts(located: Located) -> Iterator[Blob]:
    for folder in {artifact.folder for of in located.values() for artifact in of.values()}:
        yield from artifact_blobs(folder)


def _data(datasets: Sequence[Dataset], workspace: Workspace) -> Iterator[Blob]:
    for dataset in datasets:
        for part, digest in (("inputs", dataset.inputs), ("gold", dataset.gold)):
            if digest is not None:
                name = f"{dataset.task}/{dataset.language} {part}"
                yield Blob.of(digest, workspace.data / digest, name)
