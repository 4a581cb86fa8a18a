"""Exports what a study needs, with the study's own samples as golden inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent import tasks
from device_agent.contract.samples import Sample
from device_agent.tasks.protocol import Row, fit
from export import tokenizer
from export.checkpoint import open_checkpoint
from export.lineage import TrainingRecord
from export.pipeline import export_checkpoint
from export.request import ExportedArtifact, ExportRequest, ExportResult, ExportStep
from host.artifacts.plan import Job, Plan
from host.data.source import languages_of, read_language
from host.studies.schema import Study

GOLDEN_SAMPLES_PER_LANGUAGE = 3
"""Enough to show another model or kernel; the golden set is repeated on every device."""


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
    return ExportRequest(
        checkpoint=job.checkpoint,
        output=job.outputs,
        recipes=tuple(job.outputs),
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
        samples=_golden_inputs(study, job),
    )


def _name(job: Job) -> str:
    folder: Path = next(iter(job.outputs.values()))
    return f"{folder.parent.name}-{folder.name}"


def _golden_inputs(study: Study, job: Job) -> dict[str, Sequence[tuple[Row, ...]]]:
    """Take a few samples per language of the tasks that the artifact serves, as the device does."""
    splitter = tokenizer.load(job.checkpoint)
    longest = open_checkpoint(job.checkpoint, job.head).max_tokens
    found: dict[str, list[tuple[Row, ...]]] = {}
    for name in job.tasks:
        task = tasks.get(name)
        for language in study.tasks[name].languages or languages_of(task):
            samples = read_language(task, study.data, language, study.split)
            for sample in _few(samples or []):
                rows = tuple(fit(task.head, longest).encode(splitter, sample.input))
                found.setdefault(language, []).append(rows)
    return dict(found)


def _few(samples: list[Sample]) -> list[Sample]:
    """Take samples spread over the file; of retrieval, candidates: they are in the language."""
    candidates = [sample for sample in samples if not sample.is_scored]
    pool = candidates or samples
    return pool[:: max(1, len(pool) // GOLDEN_SAMPLES_PER_LANGUAGE)][:GOLDEN_SAMPLES_PER_LANGUAGE]
