"""Which artifacts a study needs: one per checkpoint and recipe, shared wherever it can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from device_agent import tasks
from device_agent.contract.artifact import HeadName, Pooling, Regime
from host.studies.schema import RETRIEVAL, Study
from host.workspace import Workspace


@dataclass(frozen=True)
class Job:
    """One checkpoint to export, in one or more recipes at once.

    Attributes:
        tasks: The target tasks that it serves.
        outputs: Recipe to artifact folder.
    """

    checkpoint: Path
    head: HeadName
    tasks: tuple[str, ...]
    pooling: Pooling | None
    regime: Regime
    intermediate_tasks: tuple[str, ...]
    base_model: str | None
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


def plan_artifacts(study: Study, workspace: Workspace) -> Plan:
    """Say which exports a study needs, each checkpoint once."""
    outputs: dict[_Key, dict[str, Path]] = {}
    served: dict[_Key, list[str]] = {}
    folders: dict[str, dict[str, Path]] = {}
    for name, variant in study.variants.items():
        for task_name in study.tasks:
            head = tasks.get(task_name).head.name
            retrieval = head == "sentence-embedding"
            pooling = variant.pooling.as_contract() if retrieval and variant.pooling else None
            key = _Key(
                checkpoint=study.checkpoint_for(name, task_name),
                head=head,
                pooling=pooling,
                regime=variant.regime,
                intermediate_tasks=variant.intermediate_tasks,
                base_model=variant.base_model,
            )
            role = task_name if task_name in variant.checkpoints else RETRIEVAL
            recipes = outputs.setdefault(key, {})
            folder = recipes.setdefault(variant.recipe, workspace.artifacts / name / role)
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
            outputs=recipes,
        )
        for key, recipes in outputs.items()
    )
    return Plan(jobs=jobs, folders=folders)
