"""Turns a study into what the device needs: blobs to ship, and a run spec that names them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from device_agent.contract.runspec import Dataset, RunSpec
from host.artifacts.locate import Located, locate_artifacts
from host.artifacts.plan import plan_artifacts
from host.data.pack import Tell, pack_study
from host.deploy.content import Blob, artifact_blobs
from host.studies.schema import Study
from host.studies.spec import make_run_spec
from host.workspace import Workspace

_NAME_CHARACTERS = 40


@dataclass(frozen=True)
class StudyContent:
    """A study's artifacts and packed data, ready to be shipped.

    Attributes:
        blobs: All of it, as files by digest.
    """

    located: Located
    datasets: tuple[Dataset, ...]
    blobs: tuple[Blob, ...]


def study_content(study: Study, workspace: Workspace, tell: Tell | None = None) -> StudyContent:
    """Locate the study's artifacts and pack its data.

    Args:
        study: The study.
        workspace: Where its artifacts are, and where the packed data goes.
        tell: Is called with what a user should know and no dataset says.

    Raises:
        DataError: An artifact is not exported, or data is missing or malformed.
    """
    located = locate_artifacts(plan_artifacts(study, workspace), study.path)
    datasets = tuple(pack_study(study, workspace.data, tell=tell))
    return StudyContent(
        located=located,
        datasets=datasets,
        blobs=(*_artifacts(located), *_data(datasets, workspace)),
    )


def new_run_id(study: Study, device: str) -> str:
    """Return a run id of the study's name, the device's, the time, and something of its own.

    Long names are cut, because a run id is a file name with other things around it.
    """
    now = datetime.now(timezone.utc)
    names = f"{study.name[:_NAME_CHARACTERS]}-{device[:_NAME_CHARACTERS]}"
    return f"{names}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def make_spec(study: Study, content: StudyContent, *, run_id: str, threads: int) -> RunSpec:
    """Return the run spec; `threads` is used where the study names none."""
    return make_run_spec(
        study,
        run_id=run_id,
        artifacts={v: {t: a.digest for t, a in of.items()} for v, of in content.located.items()},
        datasets=content.datasets,
        threads=threads,
        parameters={
            v: max(a.manifest.parameters for a in of.values()) for v, of in content.located.items()
        },
    )


def _artifacts(located: Located) -> Iterator[Blob]:
    for folder in sorted({artifact.folder for of in located.values() for artifact in of.values()}):
        yield from artifact_blobs(folder)


def _data(datasets: Sequence[Dataset], workspace: Workspace) -> Iterator[Blob]:
    for dataset in datasets:
        for part, digest in (("inputs", dataset.inputs), ("gold", dataset.gold)):
            if digest is not None:
                name = f"{dataset.task}/{dataset.language} {part}"
                yield Blob.of(digest, workspace.data / digest, name)
