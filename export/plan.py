"""Decide everything about an artifact that can be known before torch is loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import msgspec

from device_agent import tasks
from device_agent.contract.artifact import (
    ArtifactManifest,
    HeadName,
    Lineage,
    Parity,
    Pooling,
    Quantization,
)
from device_agent.contract.codec import Digest, Identifier
from device_agent.contract.files import FileEntry
from device_agent.tasks.protocol import Task
from device_agent.version import agent_version
from export import labels, pooling, probes, recipes
from export.checkpoint import Checkpoint, open_checkpoint
from export.errors import ExportError
from export.formats import MODEL_FILE
from export.labels import Labels
from export.recipes.protocol import Recipe
from export.request import ExportRequest, Samples

_LIBRARIES = ("numpy", "onnx", "onnxruntime", "tokenizers", "torch", "transformers")


@dataclass(frozen=True)
class ArtifactPlan:
    """One artifact to be: all of its manifest but what the export finds out."""

    folder: Path
    name: Identifier
    recipe: Recipe
    checkpoint: Checkpoint
    labels: tuple[str, ...]
    pooling: Pooling | None
    lineage: Lineage
    versions: Mapping[str, str]

    def manifest(
        self,
        *,
        parameters: int,
        graph_digest: Digest,
        quantization: Quantization,
        parity: Parity,
        files: tuple[FileEntry, ...] = (),
    ) -> ArtifactManifest:
        """Return the manifest, completed with what the export found out."""
        layer = self.pooling.layer if self.pooling is not None else None
        return ArtifactManifest(
            name=self.name,
            head=self.checkpoint.head,
            format="onnx",
            recipe=self.recipe.NAME,
            model_file=MODEL_FILE,
            architecture=self.checkpoint.architecture.model_type,
            labels=self.labels,
            max_tokens=self.checkpoint.max_tokens,
            vocabulary_size=self.checkpoint.vocabulary_size,
            hidden_size=self.checkpoint.hidden_size,
            layers=layer or self.checkpoint.layers,
            parameters=parameters,
            pooling=self.pooling,
            lineage=self.lineage,
            quantization=quantization,
            parity=parity,
            graph_digest=graph_digest,
            versions=dict(self.versions),
            files=files,
        )

    def is_met_by(self, found: ArtifactManifest) -> bool:
        """Say whether an artifact was made from the very inputs that this plan has."""
        return found == self.manifest(
            parameters=found.parameters,
            graph_digest=found.graph_digest,
            quantization=Quantization(
                quantized=found.quantization.quantized,
                skipped=found.quantization.skipped,
                parameters=dict(self.recipe.PARAMETERS),
            ),
            parity=Parity(
                tolerance=self.recipe.TOLERANCE,
                overall=found.parity.overall,
                per_language=found.parity.per_language,
            ),
            files=found.files,
        )


@dataclass(frozen=True)
class ExportPlan:
    """All artifacts of one request, the golden inputs that they share, and notes for the user."""

    checkpoint: Checkpoint
    pooling: Pooling | None
    artifacts: tuple[ArtifactPlan, ...]
    samples: Samples
    notes: tuple[str, ...]


def make(request: ExportRequest) -> ExportPlan:
    """Open the checkpoint, check the request against it and plan its artifacts.

    Raises:
        ExportError: The checkpoint or the request is at fault.
    """
    task = tasks.get(request.target_task) if request.target_task in tasks.names() else None
    chosen = [recipes.get(name) for name in request.recipes]
    _check_folders(request)
    checkpoint = open_checkpoint(request.checkpoint, _head(request, task))
    classes = labels.resolve(
        checkpoint.config,
        checkpoint.head,
        wanted=request.labels,
        official=task.labels if task else (),
        checkpoint=checkpoint.name,
    )
    pooled = pooling.resolve(checkpoint, request.pooling)
    return ExportPlan(
        checkpoint=checkpoint,
        pooling=pooled,
        artifacts=tuple(_artifacts(request, chosen, checkpoint, classes, pooled)),
        samples=_samples(request, checkpoint),
        notes=(classes.note,) if classes.note else (),
    )


def _head(request: ExportRequest, task: Task | None) -> HeadName | None:
    if task is None:
        return request.head
    if request.head is not None and request.head != task.head.name:
        raise ExportError(
            f"Task {task.name} needs head {task.head.name}, but {request.head} was asked for.",
            remedy="Leave the head out, or name another target task.",
        )
    return task.head.name


def _artifacts(
    request: ExportRequest,
    chosen: Sequence[Recipe],
    checkpoint: Checkpoint,
    classes: Labels,
    pooled: Pooling | None,
) -> list[ArtifactPlan]:
    record = checkpoint.record.with_overrides(
        msgspec.structs.replace(
            request.told, target_task=request.target_task or request.told.target_task
        ),
        checkpoint.name,
    )
    versions = {name: metadata.version(name) for name in _LIBRARIES}
    return [
        ArtifactPlan(
            folder=_folder(request.output, recipe.NAME),
            name=_name(request.name, checkpoint, recipe.NAME),
            recipe=recipe,
            checkpoint=checkpoint,
            labels=classes.names,
            pooling=pooled,
            lineage=record.lineage(checkpoint.digest),
            versions={**versions, "xtreme-edge": agent_version()},
        )
        for recipe in chosen
    ]


def _check_folders(request: ExportRequest) -> None:
    """Refuse a request without recipes, or whose artifacts would replace each other."""
    folders = [_folder(request.output, name).resolve() for name in request.recipes]
    if len(set(folders)) != len(folders) or not folders:
        raise ExportError(
            f"{len(folders)} recipes ({', '.join(request.recipes) or 'none'}) are to be written "
            f"to {len(set(folders))} folders.",
            remedy="Name at least one recipe, each once and with a folder of its own.",
        )


def _folder(output: Path | Mapping[str, Path], recipe: str) -> Path:
    if isinstance(output, Mapping):
        if recipe not in output:
            raise ExportError(
                f"No output folder is named for recipe {recipe}.",
                remedy="Name one for each recipe, or one folder for all.",
            )
        return output[recipe]
    return output / recipe


def _name(wanted: str | None, checkpoint: Checkpoint, recipe: str) -> Identifier:
    room = 127 - len(recipe)
    derived = re.sub(r"[^A-Za-z0-9._+-]+", "-", checkpoint.name).lstrip("._+-")[:room]
    name = f"{wanted or derived or 'checkpoint'}-{recipe}"
    try:
        return msgspec.convert(name, Identifier)
    except msgspec.ValidationError as error:
        raise ExportError(
            f"{name!r} cannot be an artifact's name.",
            remedy="Use letters, digits and ._+- only, at most 128 in all.",
        ) from error


def _samples(request: ExportRequest, checkpoint: Checkpoint) -> Samples:
    """Return the golden inputs, checked against the model's sizes."""
    if request.samples is None:
        return probes.samples(checkpoint.head, checkpoint.tokenizer, checkpoint.max_tokens)
    rows = [row for inputs in request.samples.values() for sample in inputs for row in sample]
    longest = max((row.input_ids.shape[1] for row in rows), default=0)
    highest = max((int(row.input_ids.max(initial=0)) for row in rows), default=0)
    if not 0 < longest <= checkpoint.max_tokens or highest >= checkpoint.vocabulary_size:
        raise ExportError(
            f"{checkpoint.name}: golden samples have up to {longest} tokens with ids up to "
            f"{highest:,}; expected 1 to {checkpoint.max_tokens} tokens with ids below "
            f"{checkpoint.vocabulary_size:,}.",
            remedy="Encode the samples with this checkpoint's tokenizer and length.",
        )
    return request.samples
