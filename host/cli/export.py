"""`host export`: checkpoints to verified artifacts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from host.cli.console import data, json_data, megabytes, talk
from host.cli.options import json_option, output_option

if TYPE_CHECKING:
    from export.request import ExportedArtifact, ExportResult


@click.command()
@click.argument("source", metavar="CHECKPOINT|STUDY.yaml")
@click.option(
    "--recipe",
    "recipes",
    multiple=True,
    help="For a checkpoint: fp32 or int8-dynamic; may be given several times. Default both.",
)
@click.option("--task", help="For a checkpoint: the target task that its head was trained for.")
@output_option
@json_option
def command(
    source: str,
    recipes: tuple[str, ...],
    task: str | None,
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    """Export one checkpoint, or all that a study needs, and prove each artifact equal.

    A checkpoint is a folder in the usual Hugging Face layout, or a hub name. What is already
    exported from the same inputs is left alone.

    Example: host export study.yaml

    Example: host export checkpoints/english/xnli --task xnli --recipe int8-dynamic --output out
    """
    is_study = Path(source).suffix in (".yaml", ".yml")
    if is_study and (recipes or task):
        raise click.UsageError("A study names its recipes and tasks itself.")
    if is_study:
        result = _export_study(Path(source), output)
    else:
        result = _export_checkpoint(source, recipes, task, output or Path("artifacts"))
    for note in result.notes:
        talk(f"note: {note}")
    if as_json:
        json_data([_row(artifact) for artifact in result.artifacts])
        return
    for artifact in result.artifacts:
        data(_line(artifact))


def _export_study(path: Path, output: Path | None) -> ExportResult:
    from host.artifacts.plan import plan_artifacts
    from host.studies.load import load_study
    from host.workspace import Workspace

    study = load_study(path)
    workspace = Workspace(output) if output else Workspace.beside(path, study.name)
    plan = plan_artifacts(study, workspace)

    from host.artifacts.export import StudyStep, export_study

    def tell(at: StudyStep) -> None:
        if at.step.action in ("load", "done", "up-to-date"):
            recipe = f" {at.step.recipe}" if at.step.recipe else ""
            talk(f"[{at.number}/{at.total}] {at.step.checkpoint}: {at.step.action}{recipe}")

    return export_study(study, plan, progress=tell)


def _export_checkpoint(
    source: str, recipes: tuple[str, ...], task: str | None, output: Path
) -> ExportResult:
    from export.pipeline import export_checkpoint
    from export.request import ExportRequest, ExportStep

    chosen = recipes or ("fp32", "int8-dynamic")
    checkpoint = Path(source) if Path(source).exists() else source
    request = ExportRequest(
        checkpoint=checkpoint,
        output={chosen[0]: output} if len(chosen) == 1 else output,
        recipes=chosen,
        target_task=task,
    )

    def tell(step: ExportStep) -> None:
        talk(f"{step.checkpoint}: {step.action}{f' {step.recipe}' if step.recipe else ''}")

    return export_checkpoint(request, progress=tell)


def _size(artifact: ExportedArtifact) -> int:
    return sum(entry.size_bytes for entry in artifact.manifest.files)


def _line(artifact: ExportedArtifact) -> str:
    proof = artifact.manifest.parity.overall
    return (
        f"{artifact.folder}  {artifact.manifest.recipe}  {megabytes(_size(artifact))}  "
        f"max error {proof.max_abs_error:.2g}, same label {proof.label_agreement:.1%}"
        f"{'  (up to date)' if artifact.reused else ''}"
    )


def _row(artifact: ExportedArtifact) -> dict[str, object]:
    proof = artifact.manifest.parity.overall
    return {
        "folder": str(artifact.folder),
        "digest": artifact.digest,
        "name": artifact.manifest.name,
        "recipe": artifact.manifest.recipe,
        "size_bytes": _size(artifact),
        "max_abs_error": proof.max_abs_error,
        "label_agreement": proof.label_agreement,
        "reused": artifact.reused,
    }
