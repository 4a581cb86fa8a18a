"""One job of a study with all that it takes to do it, here or in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from device_agent.contract import codec
from device_agent.digest import digest_bytes
from export.lineage import TrainingRecord
from export.request import ExportRequest
from export.vocabulary.shared import SharedTrimming
from host.artifacts.corpus import EvaluationData, evaluation_corpus
from host.artifacts.golden import golden_inputs
from host.artifacts.plan import Job


@dataclass(frozen=True)
class Order:
    """What one export is to do.

    Attributes:
        number: Of the job in its plan, from 0.
        data: Golden inputs, and the corpus of a trimmed vocabulary, are taken from it.
        shared: A folder for what several exports of one command have in common.
        memory_bytes: What the export may take.
    """

    number: int
    job: Job
    data: EvaluationData
    shared: Path
    memory_bytes: int

    def request(self) -> ExportRequest:
        """Return it as the export takes it."""
        job = self.job
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
            samples=partial(golden_inputs, data=self.data),
            corpus=evaluation_corpus(self.data) if job.trimmed else None,
            trim=SharedTrimming(self.shared, self._corpus_key()),
        )

    def _corpus_key(self) -> str:
        data = self.data
        wanted = {task: languages and list(languages) for task, languages in data.wanted.items()}
        return digest_bytes(codec.encode([str(data.root), data.split, list(wanted.items())]))


def _name(job: Job) -> str:
    folder: Path = next(iter(job.outputs.values()))
    return f"{folder.parent.name}-{folder.name}"
