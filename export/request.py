"""What is asked of an export, what it tells while it works, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from device_agent.contract.artifact import ArtifactManifest, HeadName, Pooling
from device_agent.contract.codec import Digest
from device_agent.contract.errors import XtremeEdgeError
from device_agent.tasks.protocol import Row
from export.errors import ExportError
from export.formats import FormatName
from export.lineage import TrainingRecord
from export.vocabulary.corpus import Corpus

if TYPE_CHECKING:
    from export.checkpoint import Checkpoint
    from export.vocabulary.trimming import Trimmed

Samples: TypeAlias = Mapping[str, Sequence[tuple[Row, ...]]]
"""Language to samples, each the rows of one input."""

TakeSamples: TypeAlias = Callable[["Checkpoint"], "Samples | None"]
"""Takes golden inputs for an opened checkpoint, which has the tokenizer and the length."""

Trim: TypeAlias = Callable[["Checkpoint", Corpus], "Trimmed"]
"""Trims a vocabulary to a corpus, as `vocabulary.trimming.trim` does."""

Action: TypeAlias = Literal[
    "check", "trim", "load", "trace", "quantize", "compare", "done", "failed", "up-to-date"
]


@dataclass(frozen=True)
class ExportRequest:
    """One checkpoint, to be exported by one recipe or several.

    Attributes:
        checkpoint: Folder in the usual Hugging Face layout, or a hub name.
        output: A folder that gets one folder a recipe, or the exact folder of each recipe.
        recipes: Names in `export.recipes` for the format, at least one.
        format: One of `export.formats`.
        head: None for the target task's, else the checkpoint's own.
        target_task: What the head was fine-tuned for; None if that is not known.
        name: Artifacts are called `<name>-<recipe>`; None for the checkpoint folder's name.
        pooling: For sentence embedding; None for the benchmark's choice for the target task.
        labels: Class names in the order of the logits, where config.json does not name them.
        told: What the caller knows of the training; it wins over `training.json`.
        samples: Golden inputs per language, or what takes them; None for the built-in probes.
        corpus: The data whose tokens are kept; None for the whole vocabulary.
        trim: Trims to the corpus where another export may have done so; None to do it here.
        replace: Whether another model's artifact may be replaced; one of this model always is.
    """

    checkpoint: str | Path
    output: Path | Mapping[str, Path]
    recipes: Sequence[str] = ("fp32", "int8-dynamic")
    format: FormatName = "onnx"
    head: HeadName | None = None
    target_task: str | None = None
    name: str | None = None
    pooling: Pooling | None = None
    labels: Sequence[str] | None = None
    told: TrainingRecord = field(default_factory=TrainingRecord)
    samples: Samples | TakeSamples | None = None
    corpus: Corpus | None = None
    trim: Trim | None = None
    replace: bool = True


@dataclass(frozen=True)
class ExportStep:
    """What the export does now; `recipe` is None for what all recipes share."""

    checkpoint: str
    action: Action
    recipe: str | None = None


Progress: TypeAlias = Callable[[ExportStep], None]


@dataclass(frozen=True)
class ExportedArtifact:
    """One artifact on disk.

    Attributes:
        digest: Of its manifest file: the artifact's identity.
        reused: It was there already, made from the same inputs.
    """

    folder: Path
    manifest: ArtifactManifest
    digest: Digest
    reused: bool


@dataclass(frozen=True)
class FailedArtifact:
    """One artifact that could not be made; what stood in its place before is still there."""

    folder: Path
    recipe: str
    error: XtremeEdgeError


@dataclass(frozen=True)
class ExportResult:
    """The artifacts in the order of the recipes, and what the user should know about them.

    Attributes:
        failures: Artifacts that are missing from the others, each with its reason.
    """

    artifacts: tuple[ExportedArtifact, ...]
    notes: tuple[str, ...]
    failures: tuple[FailedArtifact, ...] = ()

    def complete(self) -> ExportResult:
        """Return this result if nothing is missing from it.

        Raises:
            XtremeEdgeError: The one failure as it is, or an `ExportError` that lists several.
        """
        if len(self.failures) == 1:
            raise self.failures[0].error
        if self.failures:
            raise _all_of(self.failures, len(self.artifacts))
        return self


def _all_of(failures: Sequence[FailedArtifact], others: int) -> ExportError:
    """Return one error that lists several; what has the same reason stands together."""
    folders: dict[tuple[str, str], list[str]] = {}
    for failure in failures:
        reason = failure.error.message, failure.error.remedy
        folders.setdefault(reason, []).append(f"{failure.folder} ({failure.recipe})")
    lines = [
        f"  {', '.join(names)}\n    {message}\n    {remedy}"
        for (message, remedy), names in folders.items()
    ]
    return ExportError(
        f"{len(failures)} of {len(failures) + others} artifacts could not be exported:\n"
        + "\n".join(lines),
        remedy="Follow each remedy, then run the same command again; it makes what is missing.",
    )
