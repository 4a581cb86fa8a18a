"""Exports what a study needs, with the study's own samples as golden inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from export.lineage import TrainingRecord
from export.pipeline import export_checkpoint
from export.request import ExportedArtifact, ExportRequest, ExportResult, ExportStep
from host.artifacts.corpus import EvaluationData, evaluation_corpus
from host.artifacts.golden import golden_inputs
from host.artifacts.plan import Job, Plan
from host.studies.schema import Study


@dataclass(frozen=True)
class StudyStep:
    """How far the export of a study is: job `number` of `total`, and what it does."""

    number: int
    total: int
    step: ExportStep


def export_study(
    study: Study, plan: Plan, *, progress: Callable[[StudyStep], None] | None = None
) -> ExportResult:
    """Export every job of a plan; what is up to date is left alone.

    Raises:
        ExportError: A checkpoint is at fault, or the disk is too full.
        ParityError: An artifact is not its checkpoint any more.
        DataError: The study's data is missing or malformed.
    """
    exported: list[ExportedArtifact] = []
    notes: list[str] = []
    for number, job in enumerate(plan.jobs, start=1):

        def tell(step: ExportStep, number: int = number) -> None:
            if progress is not None:
                progress(StudyStep(number, len(plan.jobs), step))

        result = export_checkpoint(_request(study, job), progress=tell)
        exported.extend(result.artifacts)
        notes.extend(result.notes)
    return ExportResult(artifacts=tuple(exported), notes=tuple(notes))


def _request(study: Study, job: Job) -> ExportRequest:
    wanted = {name: study.tasks[name].languages for name in job.tasks}
    data = EvaluationData(study.data, study.split, wanted)
    return ExportRequest(
        checkpoint=job.checkpoint,
        output=job.outputs,
        recipes=tuple(job.outputs),
        format=job.format,
        head=job.head,
        target_task=job.target_task,
        name=_name(job),
        pooling=job.pooling,
        told=TrainingRecord(
            base_model=job.base_model,
            regime=job.regime,
            intermediate_tasks=job.intermediate_tasks or None,
            target_task=job.target_task,
        ),
        samples=golden_inputs(job.checkpoint, job.head, data),
        corpus=evaluation_corpus(data) if job.trimmed else None,
    )


def _name(job: Job) -> str:
    folder: Path = next(iter(job.outputs.values()))
    return f"{folder.parent.name}-{folder.name}"
