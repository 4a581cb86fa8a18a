"""Which artifacts a study needs: one per checkpoint, pooling and recipe, shared where it can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from device_agent import tasks
from device_agent.contract.artifact import HeadName, Pooling, Regime
from device_agent.tasks.protocol import RetrievalTask, Task
from export.formats import FormatName
from host.studies.schema import DEFAULT, RETRIEVAL, Study, StudyVariant
from host.workspace import Workspace


@dataclass(frozen=True)
class Job:
    """One checkpoint to export, in one or more recipes at once.

    Attributes:
        tasks: The target tasks that it serves.
        pooling: None for the benchmark's mean, or for heads without.
        trimmed: The vocabulary keeps only what the data of its tasks needs.
        format: One format; another one is another job.
        outputs: Recipe to artifact folder.
    """

    checkpoint: Path
    head: HeadName
    tasks: tuple[str, ...]
    pooling: Pooling | None
    regime: Regime
    intermediate_tasks: tuple[str, ...]
    base_model: str | None
    trimmed: bool
    format: FormatName
    outputs: Mapping[str, Path]

    @property
    def target_task(self) -> str | None:
        """The task whose head it carries; None for an encoder that several tasks share."""
        return None if self.head == "sentence-embedding" else self.tasks[0]


@dataclass(frozen=True)
class Plan:
    """All jobs, and where each variant finds the artifact of each task."""

    jobs: tuple[Job, ...]
    folders: Mapping[str, Mapping[str, Path]]


@dataclass(frozen=True)
class _Key:
    """What decides an artifact, but for the recipe."""

    checkpoint: Path
    head: HeadName
    pooling: Pooling | None
    regime: Regime
    intermediate_tasks: tuple[str, ...]
    base_model: str | None
    trimmed: bool
    format: FormatName


def _pooling(task: Task, variant: StudyVariant) -> Pooling | None:
    """Return what the study says, or else what the benchmark does; see `Job.pooling`."""
    if not isinstance(task, RetrievalTask):
        return None
    wanted = variant.pooling_for(task.name)
    if wanted is not None:
        return wanted.as_contract()
    return Pooling(method="pooler", layer=None) if task.pooling == "pooler" else None


def _shared_folder(pooling: Pooling | None, variant: StudyVariant, recipe: str) -> str:
    """Name the artifact that several retrieval tasks share, by what it must not be mistaken for."""
    parts = [RETRIEVAL]
    if pooling is not None:
        parts += [pooling.method, *([] if pooling.layer is None else [str(pooling.layer)])]
    if recipe != variant.recipe_for(DEFAULT):
        parts.append(recipe)
    return "-".join(parts)


def plan_artifacts(study: Study, workspace: Workspace) -> Plan:
    """Say which exports a study needs, each once."""
    outputs: dict[_Key, dict[str, Path]] = {}
    served: dict[_Key, list[str]] = {}
    folders: dict[str, dict[str, Path]] = {}
    for name, variant in study.variants.items():
        for task_name in study.tasks:
            task = tasks.get(task_name)
            pooling = _pooling(task, variant)
            key = _Key(
                checkpoint=study.checkpoint_for(name, task_name),
                head=task.head.name,
                pooling=pooling,
                regime=variant.regime,
                intermediate_tasks=variant.intermediate_tasks,
                base_model=variant.base_model,
                trimmed=variant.vocabulary == "evaluation",
                format=variant.format,
            )
            recipe = variant.recipe_for(task_name)
            role = task_name
            if task_name not in variant.checkpoints:
                role = _shared_folder(pooling, variant, recipe)
            recipes = outputs.setdefault(key, {})
            folder = recipes.setdefault(recipe, workspace.artifacts / name / role)
            folders.setdefault(name, {})[task_name] = folder
            if task_name not in served.setdefault(key, []):
                served[key].append(task_name)
    jobs = tuple(
        Job(
            checkpoint=key.checkpoint,
            head=key.head,
            tasks=tuple(served[key]),
            pooling=key.pooling,
            regime=key.regime,
            intermediate_tasks=key.intermediate_tasks,
            base_model=key.base_model,
            trimmed=key.trimmed,
            format=key.format,
            outputs=recipes,
        )
        for key, recipes in outputs.items()
    )
    return Plan(jobs=jobs, folders=folders)
