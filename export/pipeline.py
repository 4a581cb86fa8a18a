"""Checkpoint to verified artifacts: load once, trace once, then quantize, compare, write each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from device_agent import golden
from device_agent.contract.artifact import GOLDEN_NAME, ArtifactManifest, Quantization
from device_agent.contract.errors import XtremeEdgeError
from device_agent.golden import GoldenSample
from export import artifact_folder, footprint, parity, plan, recipes, room, tokenizer
from export.checkpoint import CONFIG_NAME
from export.footprint import Footprint
from export.plan import ArtifactPlan, ExportPlan
from export.request import (
    Action,
    ExportedArtifact,
    ExportRequest,
    ExportResult,
    ExportStep,
    FailedArtifact,
    Progress,
)


class _Tell(Protocol):
    def __call__(self, action: Action, recipe: str | None = None) -> None: ...


@dataclass(frozen=True)
class _Source:
    """What all recipes of one checkpoint share: the fp32 model and what it must keep saying."""

    model_file: Path
    parameters: int
    golden_set: Sequence[GoldenSample]
    note: str | None


def export_checkpoint(request: ExportRequest, *, progress: Progress | None = None) -> ExportResult:
    """Export one checkpoint by every recipe of the request; what is up to date is left alone.

    Args:
        request: What to export, how, and where to.
        progress: Called before each step.

    Raises:
        ExportError: The checkpoint or the request is at fault, or disk or memory is too small.
        ParityError: An artifact's outputs differ too much; the other recipes' stay written.
    """
    return attempt_checkpoint(request, progress=progress).complete()


def attempt_checkpoint(
    request: ExportRequest, *, progress: Progress | None = None, memory_bytes: int | None = None
) -> ExportResult:
    """Export as `export_checkpoint` does, and return what fails in one recipe beside the others.

    Args:
        request: What to export, how, and where to.
        progress: Called before each step.
        memory_bytes: What it may take; None for what is free.

    Raises:
        ExportError: Nothing can be exported: the checkpoint or the request is at fault, or disk or
            memory is too small.
    """

    def tell(action: Action, recipe: str | None = None) -> None:
        if progress is not None:
            progress(ExportStep(Path(request.checkpoint).resolve().name, action, recipe))

    tell("check" if request.corpus is None else "trim")
    planned = plan.make(request)
    found: dict[Path, ExportedArtifact | FailedArtifact] = {}
    for wanted in planned.artifacts:
        same = artifact_folder.up_to_date(wanted, planned.samples)
        if same is not None:
            tell("up-to-date", wanted.recipe.NAME)
            found[wanted.folder] = ExportedArtifact(wanted.folder, *same, reused=True)
        else:
            artifact_folder.check_replaceable(wanted.folder)
            if not request.replace:
                artifact_folder.check_same_model(wanted)
    missing = [wanted for wanted in planned.artifacts if wanted.folder not in found]
    if missing:
        parent = missing[0].folder.resolve().parent
        # First: what a killed export has left may be what fills the disk.
        artifact_folder.sweep(parent)
        room.check(planned.checkpoint.name, parent, _footprint(planned, missing), memory_bytes)
        with artifact_folder.working_folder(parent) as work:
            source = _trace(planned, work, tell)
            if any(wanted.recipe.CALIBRATED for wanted in missing):
                _save_calibration(planned, source.model_file.parent)
            if all(wanted.recipe.NAME != "fp32" for wanted in missing):
                _prove_trace(missing[0], source)
            for wanted in missing:
                found[wanted.folder] = _attempt(wanted, source, tell)
    notes = (source.note,) if missing and source.note else ()
    return _result(planned, [found[wanted.folder] for wanted in planned.artifacts], notes)


def _result(
    planned: ExportPlan, found: Sequence[ExportedArtifact | FailedArtifact], notes: Sequence[str]
) -> ExportResult:
    exported = tuple(one for one in found if isinstance(one, ExportedArtifact))
    return ExportResult(
        artifacts=exported,
        notes=(*planned.notes, *notes, *_notes(exported)),
        failures=tuple(one for one in found if isinstance(one, FailedArtifact)),
    )


def _footprint(planned: ExportPlan, missing: Sequence[ArtifactPlan]) -> Footprint:
    return footprint.estimate(
        planned.checkpoint.weights.fp32_bytes,
        [wanted.recipe.NAME for wanted in missing],
        missing[0].format.name,
        trimmed=planned.trimmed is not None,
    )


def _trace(planned: ExportPlan, work: Path, tell: _Tell) -> _Source:
    """Write the fp32 model into `work`, and ask the checkpoint for the reference outputs."""
    # torch takes seconds to import, and an export that is up to date needs none of it.
    from export import model  # noqa: PLC0415
    from export.vocabulary import embedding  # noqa: PLC0415

    checkpoint, trimmed = planned.checkpoint, planned.trimmed
    with model.threads(parity.THREADS):
        tell("load")
        loaded = model.load(checkpoint, planned.pooling)
        golden_set = parity.references(
            planned.samples,
            lambda row: loaded.reference(row if trimmed is None else trimmed.original(row)),
            checkpoint.name,
        )
        tell("trace")
        first = planned.artifacts[0]
        if trimmed is not None:
            plain = _plain_manifest(first, loaded.parameter_count)
            embedding.trim(loaded, trimmed, planned.samples, plain, work)
        model_file = first.format.writer().write(loaded, work, first.buckets)
        return _Source(model_file, loaded.parameter_count, golden_set, loaded.note)


def _save_calibration(planned: ExportPlan, folder: Path) -> None:
    """Write what recipes calibrate with beside the fp32 model."""
    from export import calibration  # noqa: PLC0415 onnx and onnxruntime take a second

    checkpoint, trimmed = planned.checkpoint, planned.trimmed
    tokens = checkpoint.tokenizer if trimmed is None else trimmed.tokenizer
    calibration.save(calibration.inputs(checkpoint.head, tokens, checkpoint.max_tokens), folder)


def _prove_trace(wanted: ArtifactPlan, source: _Source) -> None:
    """Hold the fp32 model to its own tolerance where no artifact of it is asked for.

    Other recipes' tolerances are wide enough to hide a fault of the trace.
    """
    manifest = _plain_manifest(wanted, source.parameters)
    parity.prove(source.model_file.parent, manifest, source.golden_set)


def _plain_manifest(wanted: ArtifactPlan, parameters: int) -> ArtifactManifest:
    """Return the manifest with which the fp32 model runs here; it is never written."""
    plain = replace(wanted, recipe=recipes.get("fp32", wanted.format.name))
    return plain.manifest(
        parameters=parameters,
        graph_digest="0" * 64,
        quantization=Quantization(quantized={}, skipped={}, parameters={}),
        parity=parity.unproven(plain.recipe.TOLERANCE),
    )


def _attempt(
    wanted: ArtifactPlan, source: _Source, tell: _Tell
) -> ExportedArtifact | FailedArtifact:
    """Make one artifact; what one recipe cannot do, another one may."""
    try:
        return _write(wanted, source, tell)
    except XtremeEdgeError as error:
        tell("failed", wanted.recipe.NAME)
        return FailedArtifact(wanted.folder, wanted.recipe.NAME, error)


def _write(wanted: ArtifactPlan, source: _Source, tell: _Tell) -> ExportedArtifact:
    """Make one artifact beside its place, prove it and put it there."""
    recipe = wanted.recipe
    with artifact_folder.replacing(wanted.folder) as folder:
        tell("quantize", recipe.NAME)
        model_file = folder / wanted.format.model_file
        quantization = recipe.apply(source.model_file, model_file)
        complete = partial(
            wanted.manifest,
            parameters=source.parameters,
            quantization=quantization,
            **_found_in(model_file, wanted),
        )
        tell("compare", recipe.NAME)
        unproven = complete(parity=parity.unproven(recipe.TOLERANCE))
        proof = parity.prove(folder, unproven, source.golden_set)
        golden.save(folder / GOLDEN_NAME, source.golden_set)
        _write_tokenizer(wanted, folder)
        _write_config(wanted, folder)
        manifest = complete(parity=proof, files=artifact_folder.entries(folder))
        digest = artifact_folder.write_manifest(folder, manifest)
    tell("done", recipe.NAME)
    return ExportedArtifact(wanted.folder, manifest, digest, reused=False)


def _found_in(model_file: Path, wanted: ArtifactPlan) -> dict[str, Any]:
    """Return what the manifest says of a finished model file."""
    if wanted.format.name != "onnx":
        return {"graph_digest": wanted.format.writer().graph_digest(model_file)}
    from export import denormals, identity  # noqa: PLC0415 onnx, as above
    from export.graph import graph_digest  # noqa: PLC0415
    from export.vocabulary.embedding import bytes_a_token  # noqa: PLC0415

    trimmed = wanted.trimmed
    saved = None if trimmed is None else trimmed.left_out * bytes_a_token(model_file)
    return {
        "graph_digest": graph_digest(model_file),
        "quantization_digest": identity.quantization_digest(model_file),
        "denormals": denormals.scan(model_file),
        "saved_bytes": saved,
    }


def _write_tokenizer(artifact: ArtifactPlan, folder: Path) -> None:
    checkpoint, trimmed = artifact.checkpoint, artifact.trimmed
    if trimmed is None:
        tokenizer.write(checkpoint.folder, checkpoint.tokenizer, folder)
    else:
        tokenizer.write_trimmed(checkpoint.folder, trimmed.text, folder, trimmed.new_id)


def _notes(artifacts: Iterable[ExportedArtifact]) -> Iterator[str]:
    """Yield what the user should know of finished artifacts."""
    for artifact in artifacts:
        found = artifact.manifest.denormals
        if found is not None and found.values:
            yield (
                f"{artifact.manifest.name}: {found.values:,} of {found.of:,} weights are denormal, "
                f"most of them in {found.worst} ({found.worst_values:,}): they can slow inference "
                "5 to 30 times on some processors."
            )


def _write_config(artifact: ArtifactPlan, folder: Path) -> None:
    """Write config.json with the labels that the manifest states, so that other tools agree."""
    config = dict(artifact.checkpoint.config)
    if artifact.labels:
        config["id2label"] = {str(index): name for index, name in enumerate(artifact.labels)}
        config["label2id"] = {name: index for index, name in enumerate(artifact.labels)}
    text = json.dumps(config, indent=2, ensure_ascii=False, sort_keys=True)
    (folder / CONFIG_NAME).write_text(f"{text}\n", encoding="utf-8")
