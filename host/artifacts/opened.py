"""Opens an artifact folder to be compared with another, once its files are proved whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from device_agent.contract.artifact import TOKENIZER_NAME, ArtifactManifest, Denormals
from device_agent.contract.codec import Digest
from export import artifact_folder, denormals, identity, tokenizer
from export.errors import ExportError


@dataclass(frozen=True)
class OpenedArtifact:
    """What an artifact computes, read from its files.

    Attributes:
        digest: Of its manifest: the artifact's identity.
        operators: Nodes by operator; empty where the format does not tell, as the next two.
        operator_sets: Version by domain.
        quantization: What is quantized and how, counted.
        splitting: The parts of its tokenizer that decide which ids a text has.
        tokens: Token to id.
        denormals: None where the format does not tell.
    """

    folder: Path
    manifest: ArtifactManifest
    digest: Digest
    operators: Mapping[str, int]
    operator_sets: Mapping[str, int]
    quantization: Mapping[str, int]
    splitting: Mapping[str, Any]
    tokens: Mapping[str, int]
    denormals: Denormals | None

    @property
    def weights(self) -> frozenset[tuple[str, Digest]]:
        """Name and digest of the files that hold the model."""
        model = self.manifest.model_file
        return frozenset(
            (entry.path, entry.digest)
            for entry in self.manifest.files
            if entry.path.startswith(model)
        )


def open_artifact(folder: Path) -> OpenedArtifact:
    """Open an artifact.

    Raises:
        ExportError: It is none, or a file of it is missing or damaged.
        ContractError: Its manifest is malformed.
    """
    manifest, digest = artifact_folder.read(folder)
    named = {entry.path for entry in manifest.files}
    unnamed = sorted({manifest.model_file, TOKENIZER_NAME} - named)
    damaged = [*artifact_folder.damaged_files(folder, manifest), *unnamed]
    if damaged:
        raise ExportError(
            f"{folder}: damaged: {', '.join(damaged)} missing or not as {manifest.name} was "
            "exported.",
            remedy="Export it again with `host export`, or copy it again.",
        )
    try:
        return _read(folder, manifest, digest)
    except Exception as error:  # Of bytes that are no model or tokenizer their readers raise any.
        raise ExportError(
            f"{folder}: a file of it is not what it is named for: {error}.",
            remedy="Export it again with `host export`, or copy it again.",
        ) from error


def _read(folder: Path, manifest: ArtifactManifest, digest: Digest) -> OpenedArtifact:
    is_onnx = manifest.format == "onnx"
    model_file = folder / manifest.model_file
    splitter = Tokenizer.from_file(str(folder / TOKENIZER_NAME))
    found = manifest.denormals
    if found is None and is_onnx:
        found = denormals.scan(model_file)
    return OpenedArtifact(
        folder=folder,
        manifest=manifest,
        digest=digest,
        operators=identity.operators(model_file) if is_onnx else {},
        operator_sets=identity.operator_sets(model_file) if is_onnx else {},
        quantization=identity.quantization(model_file)
        if is_onnx
        else manifest.quantization.quantized,
        splitting=tokenizer.splitting(splitter),
        tokens=splitter.get_vocab(with_added_tokens=True),
        denormals=found,
    )
