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
    Denormals,
    HeadName,
    Parity,
    Pooling,
    Quantization,
)
from device_agent.contract.codec import Digest, Identifier
from device_agent.contract.files import FileEntry
from device_agent.tasks.protocol import RetrievalTask, Task
from device_agent.version import __version__
from export import formats, labels, pooling, probes, recipes, tokenizer
from export.checkpoint import Checkpoint
from export.errors import ExportError
from export.formats import Format
from export.labels import Labels
from export.lineage import TrainingRecord
from export.opening import open_checkpoint
from export.recipes.protocol import Recipe
from export.remarks import remarks
from export.request import ExportRequest, Samples
from export.vocabulary.trimming import Trimmed, trim

_LIBRARIES = ("numpy", "tokenizers", "torch", "transformers")


@dataclass(frozen=True)
class ArtifactPlan:
    """One artifact to be: all of its manifest but what the export finds out."""

    folder: Path
    name: Identifier
    format: Format
    buckets: tuple[int, ...]
    recipe: Recipe
    checkpoint: Checkpoint
    labels: tuple[str, ...]
    pooling: Pooling | None
    record: TrainingRecord
    versions: Mapping[str, str]
    vocabulary_digest: Digest
    trimmed: Trimmed | None

    def manifest(
        self,
        *,
        parameters: int,
        graph_digest: Digest,
        quantization: Quantization,
        parity: Parity,
        quantization_digest: Digest | None = None,
        denormals: Denormals | None = None,
        saved_bytes: int | None = None,
        files: tuple[FileEntry, ...] = (),
    ) -> ArtifactManifest:
        """Return the manifest, completed with what the export found out."""
        layer = self.pooling.layer if self.pooling is not None else None
        return ArtifactManifest(
            name=self.name,
            head=self.checkpoint.head,
            format=self.format.name,
            recipe=self.recipe.NAME,
            model_file=self.format.model_file,
            architecture=self.checkpoint.architecture.model_type,
            labels=self.labels,
            max_tokens=self.buckets[-1] if self.buckets else self.checkpoint.max_tokens,
            vocabulary_size=self.checkpoint.vocabulary_size,
            hidden_size=self.checkpoint.hidden_size,
            layers=layer or self.checkpoint.layers,
            parameters=parameters,
            pooling=self.pooling,
            lineage=self.record.lineage(self.checkpoint.digest),
            quantization=quantization,
            parity=parity,
            graph_digest=graph_digest,
            quantization_digest=quantization_digest,
            vocabulary_digest=self.vocabulary_digest,
            denormals=denormals,
            trimming=None if self.trimmed is None else self.trimmed.saving(saved_bytes),
            buckets=self.buckets,
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
                # A recipe's own settings count, and what it found stays as it is.
                parameters={**found.quantization.parameters, **self.recipe.PARAMETERS},
            ),
            parity=Parity(
                tolerance=self.recipe.TOLERANCE,
                overall=found.parity.overall,
                per_language=found.parity.per_language,
            ),
            quantization_digest=found.quantization_digest,
            denormals=found.denormals,
            saved_bytes=found.trimming.saved_bytes if found.trimming is not None else None,
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
    trimmed: Trimmed | None


def make(request: ExportRequest) -> ExportPlan:
    """Open the checkpoint, check the request against it and plan its artifacts.

    Raises:
        ExportError: The checkpoint or the request is at fault.
    """
    task = tasks.get(request.target_task) if request.target_task in tasks.names() else None
    known = formats.get(request.format)
    chosen = [recipes.get(name, known.name) for name in request.recipes]
    _check_folders(request)
    if request.corpus is not None and request.format != "onnx":
        raise ExportError(
            f"A trimmed vocabulary was asked for, but the format is {request.format}.",
            remedy="Use format onnx, or leave the vocabulary whole.",
        )
    checkpoint = open_checkpoint(request.checkpoint, _head(request, task))
    known.check_family(checkpoint.architecture.model_type)
    classes = labels.resolve(
        checkpoint.config,
        checkpoint.head,
        wanted=request.labels,
        official=task.labels if task else (),
        checkpoint=checkpoint.name,
    )
    official = task.pooling if isinstance(task, RetrievalTask) else "mean"
    pooled = pooling.resolve(checkpoint, request.pooling, official)
    samples = _given_samples(request, checkpoint)
    trimmed = None
    if request.corpus is not None:
        trimmed = (request.trim or trim)(checkpoint, request.corpus)
    if trimmed is not None:
        checkpoint = trimmed.checkpoint(checkpoint)
        samples = samples and _renumbered(samples, trimmed)
    if samples is None:
        samples = probes.samples(checkpoint.head, checkpoint.tokenizer, checkpoint.max_tokens)
    return ExportPlan(
        checkpoint=checkpoint,
        pooling=pooled,
        artifacts=tuple(
            _artifacts(request, chosen, checkpoint, classes=classes, pooled=pooled, trimmed=trimmed)
        ),
        samples=samples,
        notes=(*((classes.note,) if classes.note else ()), *remarks(checkpoint, pooled)),
        trimmed=trimmed,
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
    *,
    classes: Labels,
    pooled: Pooling | None,
    trimmed: Trimmed | None,
) -> list[ArtifactPlan]:
    record = checkpoint.record.with_overrides(
        msgspec.structs.replace(
            request.told, target_task=request.target_task or request.told.target_task
        ),
        checkpoint.name,
    )
    known = formats.get(request.format)
    versions = {name: metadata.version(name) for name in _LIBRARIES} | known.versions()
    vocabulary_digest = tokenizer.digest(checkpoint.tokenizer)
    return [
        ArtifactPlan(
            folder=_folder(request, recipe.NAME),
            name=_name(request.name, checkpoint, _label(request, recipe.NAME)),
            format=known,
            buckets=known.buckets(min(checkpoint.max_tokens, _longest(request, checkpoint))),
            recipe=recipe,
            checkpoint=checkpoint,
            labels=classes.names,
            pooling=pooled,
            record=record,
            versions={**versions, "xtreme-edge": __version__},
            vocabulary_digest=vocabulary_digest,
            trimmed=trimmed,
        )
        for recipe in chosen
    ]


def _longest(request: ExportRequest, checkpoint: Checkpoint) -> int:
    """Return the longest input that the target task gives, or any task with that head."""
    heads = [tasks.get(name).head for name in tasks.names() if request.target_task in (None, name)]
    fitting = [head.max_tokens for head in heads if head.name == checkpoint.head]
    return max(fitting, default=checkpoint.max_tokens)


def _check_folders(request: ExportRequest) -> None:
    """Refuse a request without recipes, or whose artifacts would replace each other."""
    folders = [_folder(request, name).resolve() for name in request.recipes]
    if len(set(folders)) != len(folders) or not folders:
        raise ExportError(
            f"{len(folders)} recipes ({', '.join(request.recipes) or 'none'}) are to be written "
            f"to {len(set(folders))} folders.",
            remedy="Name at least one recipe, each once and with a folder of its own.",
        )


def _folder(request: ExportRequest, recipe: str) -> Path:
    if isinstance(request.output, Mapping):
        if recipe not in request.output:
            raise ExportError(
                f"No output folder is named for recipe {recipe}.",
                remedy="Name one for each recipe, or one folder for all.",
            )
        return request.output[recipe]
    return request.output / _label(request, recipe)


def _label(request: ExportRequest, recipe: str) -> str:
    """Tell formats apart that are written to one folder; a plain recipe is ONNX's."""
    return recipe if request.format == "onnx" else f"{request.format}-{recipe}"


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


def _given_samples(request: ExportRequest, checkpoint: Checkpoint) -> Samples | None:
    """Return the caller's golden inputs, checked against the model's sizes."""
    given = request.samples(checkpoint) if callable(request.samples) else request.samples
    if given is None:
        return None
    rows = [row for inputs in given.values() for sample in inputs for row in sample]
    longest = max((row.input_ids.shape[1] for row in rows), default=0)
    highest = max((int(row.input_ids.max(initial=0)) for row in rows), default=0)
    if not 0 < longest <= checkpoint.max_tokens or highest >= checkpoint.vocabulary_size:
        raise ExportError(
            f"{checkpoint.name}: golden samples have up to {longest} tokens with ids up to "
            f"{highest:,}; expected 1 to {checkpoint.max_tokens} tokens with ids below "
            f"{checkpoint.vocabulary_size:,}.",
            remedy="Encode the samples with this checkpoint's tokenizer and length.",
        )
    return given


def _renumbered(samples: Samples, trimmed: Trimmed) -> Samples:
    return {
        language: [tuple(trimmed.renumbered(row) for row in rows) for rows in inputs]
        for language, inputs in samples.items()
    }
