"""`host export`: checkpoints to verified artifacts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from host.cli.console import data, json_data, megabytes, talk
from host.cli.options import json_option

if TYPE_CHECKING:
    from export.formats import FormatName
    from export.request import ExportedArtifact, ExportRequest, ExportResult, FailedArtifact


def _known_task(
    _context: click.Context, _parameter: click.Parameter, name: str | None
) -> str | None:
    from device_agent import tasks

    if name is not None and name not in tasks.names():
        known = ", ".join(tasks.names())
        raise click.BadParameter(f"there is no task {name!r}; expected one of {known}.")
    return name


def _names(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> tuple[str, ...]:
    """Take a list of names apart, each once."""
    if text is None:
        return ()
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names:
        raise click.BadParameter("expected at least one, such as en,de.")
    return names


def _size_bytes(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> int | None:
    """Read a size such as 6GB, 800MB or 1.5G, of powers of ten."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([MG])B?", text.strip(), re.IGNORECASE)
    found = match and int(float(match[1]) * {"M": 10**6, "G": 10**9}[match[2].upper()])
    if not found:
        raise click.BadParameter(f"found {text!r}, expected a size such as 6GB or 800MB.")
    return found


@click.command()
@click.argument("source", metavar="CHECKPOINT|STUDY.yaml")
@click.option(
    "--recipe",
    "recipes",
    multiple=True,
    help="For a checkpoint: fp32, fp16, int8-dynamic, int8-static or int4-weight-only; may be "
    "given several times. Default fp32 and int8-dynamic.",
)
@click.option(
    "--format",
    "model_format",
    type=click.Choice(["onnx", "litert"]),
    default="onnx",
    show_default=True,
    help="For a checkpoint: what it becomes; litert needs the extra `litert`.",
)
@click.option(
    "--task",
    callback=_known_task,
    help="For a checkpoint: the target task that its head was trained for, or that its encoder "
    "is to serve, which decides the pooling.",
)
@click.option(
    "--languages",
    metavar="en,de,...",
    callback=_names,
    help="For a checkpoint: keep only the tokens that --task needs in these languages of --data.",
)
@click.option(
    "--data",
    "data_folder",
    type=click.Path(path_type=Path),
    help="With --languages: the benchmark's folder.",
)
@click.option(
    "--split",
    type=click.Choice(["test", "dev"]),
    default="test",
    show_default=True,
    help="With --languages: which part of the data.",
)
@click.option(
    "--corpus",
    "corpus_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="For a checkpoint: keep only the tokens of this text file, a text a line; may be given "
    "several times.",
)
@click.option(
    "--memory",
    "memory_bytes",
    metavar="6GB",
    callback=_size_bytes,
    help="What all exports together may take; default most of what is free.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    help="For a study: how many checkpoints side by side at most; default one a core.",
)
@click.option(
    "--replace",
    "replace_others",
    is_flag=True,
    help="For a checkpoint: also replace an artifact of other weights, or of another recipe.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="For a study: its workspace, by default results/<study> beside its file. For a "
    "checkpoint: the artifact's folder, or with several recipes the folder of one folder each; "
    "by default artifacts.",
)
@json_option
def command(
    source: str,
    *,
    recipes: tuple[str, ...],
    model_format: FormatName,
    task: str | None,
    languages: tuple[str, ...],
    data_folder: Path | None,
    split: str,
    corpus_files: tuple[Path, ...],
    memory_bytes: int | None,
    jobs: int | None,
    replace_others: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    """Export one checkpoint, or all that a study needs, and prove each artifact equal.

    A checkpoint is a folder in the usual Hugging Face layout, or a hub name. What is already
    exported from the same inputs is left alone, and what is another model's is not replaced.

    A study's checkpoints are exported side by side, as many as memory and cores allow. What fails
    does not keep the others from being made: it is listed at the end, and the same command again
    makes only what is missing.

    A trimmed vocabulary (--languages or --corpus; in a study, a variant's `vocabulary:
    evaluation`) makes the artifact much smaller and changes nothing on that data, which is
    proved. It is for that data: other text may become more tokens, or unknown ones.

    Example: host export study.yaml

    Example: host export study.yaml --memory 6GB --jobs 2

    Example: host export checkpoints/english/xnli --task xnli --recipe int8-dynamic --output out

    Example: host export checkpoints/english/xnli --format litert --recipe fp16

    Example: host export checkpoints/english/xnli --task xnli --languages en,de --data xtreme_r
    """
    is_study = Path(source).suffix in (".yaml", ".yml")
    if is_study and (recipes or task or model_format != "onnx"):
        raise click.UsageError("A study names its recipes, formats and tasks itself.")
    if is_study and (languages or data_folder or corpus_files):
        raise click.UsageError(
            "A study names its data itself; `vocabulary: evaluation` in a variant trims to it."
        )
    if is_study and replace_others:
        raise click.UsageError("A study's artifacts are its own: they are replaced as needed.")
    if jobs is not None and not is_study:
        raise click.UsageError("--jobs is for a study; one checkpoint is one export.")
    _refuse_half_a_trim(languages, corpus_files, data_folder, task)
    if is_study:
        result = _export_study(Path(source), output, memory_bytes, jobs)
    else:
        from export.request import ExportRequest

        chosen = recipes or ("fp32", "int8-dynamic")
        place = output or Path("artifacts")
        request = ExportRequest(
            checkpoint=Path(source) if Path(source).exists() else source,
            output={chosen[0]: place} if len(chosen) == 1 else place,
            recipes=chosen,
            format=model_format,
            target_task=task,
            replace=replace_others,
        )
        if languages and task is not None and data_folder is not None:
            request = _for_languages(request, task, data_folder, split, languages)
        elif corpus_files:
            from export.vocabulary.corpus import of_files

            request = replace(request, corpus=of_files(corpus_files))
        result = _export_checkpoint(request, memory_bytes)
    for note in result.notes:
        talk(f"note: {note}")
    if as_json:
        rows = [_row(artifact) for artifact in result.artifacts]
        json_data([*rows, *map(_failed_row, result.failures)])
    else:
        for artifact in result.artifacts:
            data(_line(artifact))
    result.complete()


def _refuse_half_a_trim(
    languages: tuple[str, ...],
    corpus_files: tuple[Path, ...],
    data_folder: Path | None,
    task: str | None,
) -> None:
    if languages and corpus_files:
        raise click.UsageError("The vocabulary is trimmed to --languages or to --corpus, not both.")
    if bool(languages) != (data_folder is not None) or (languages and task is None):
        raise click.UsageError(
            "--languages, --data and --task go together: the languages of a task in a folder."
        )


def _export_study(
    path: Path, output: Path | None, memory_bytes: int | None, jobs: int | None
) -> ExportResult:
    from host.artifacts.plan import plan_artifacts
    from host.studies.load import load_study
    from host.workspace import Workspace

    study = load_study(path)
    workspace = Workspace(output) if output else Workspace.beside(path, study.name)
    plan = plan_artifacts(study, workspace)

    from host.artifacts.export import Limits, attempt_study
    from host.cli.export_view import ExportView

    limits = Limits(memory_bytes=memory_bytes, jobs=jobs)
    names = tuple("/".join(next(iter(job.outputs.values())).parts[-2:]) for job in plan.jobs)
    with ExportView(names, sum(len(job.outputs) for job in plan.jobs)) as view:
        return attempt_study(study, plan, limits=limits, progress=view)


def _for_languages(
    request: ExportRequest, task: str, root: Path, split: str, languages: tuple[str, ...]
) -> ExportRequest:
    """Trim the vocabulary to a task's data, and take the golden inputs from it."""
    from host.artifacts.corpus import EvaluationData, evaluation_corpus
    from host.artifacts.golden import golden_inputs

    evaluated = EvaluationData(root, split, {task: languages})
    return replace(
        request,
        # A language without data has no samples either; the corpus says so when it is read.
        samples=lambda checkpoint: golden_inputs(checkpoint, evaluated) or None,
        corpus=evaluation_corpus(evaluated),
    )


def _export_checkpoint(request: ExportRequest, memory_bytes: int | None) -> ExportResult:
    from export.pipeline import attempt_checkpoint
    from export.request import ExportStep

    def tell(step: ExportStep) -> None:
        talk(f"{step.checkpoint}: {step.action}{f' {step.recipe}' if step.recipe else ''}")

    return attempt_checkpoint(request, progress=tell, memory_bytes=memory_bytes)


def _size(artifact: ExportedArtifact) -> int:
    return sum(entry.size_bytes for entry in artifact.manifest.files)


def _line(artifact: ExportedArtifact) -> str:
    proof = artifact.manifest.parity.overall
    return (
        f"{artifact.folder}  {artifact.manifest.recipe}  {megabytes(_size(artifact))}  "
        f"max error {proof.max_abs_error:.2g}, same label {proof.label_agreement:.1%}"
        f"{_trimming(artifact)}{'  (up to date)' if artifact.reused else ''}"
    )


def _trimming(artifact: ExportedArtifact) -> str:
    """Say what trimming the vocabulary saved."""
    done = artifact.manifest.trimming
    if done is None:
        return ""
    saved = "" if done.saved_bytes is None else f", {megabytes(done.saved_bytes)} saved"
    return (
        f"  {done.kept:,} of {done.of:,} tokens{saved}; {done.rows:,} rows proved the same, "
        "other text may lose"
    )


def _failed_row(failure: FailedArtifact) -> dict[str, object]:
    return {
        "folder": str(failure.folder),
        "recipe": failure.recipe,
        "error": failure.error.message,
        "remedy": failure.error.remedy,
    }


def _row(artifact: ExportedArtifact) -> dict[str, object]:
    import msgspec

    proof = artifact.manifest.parity.overall
    trimming, denormals = artifact.manifest.trimming, artifact.manifest.denormals
    return {
        "folder": str(artifact.folder),
        "digest": artifact.digest,
        "name": artifact.manifest.name,
        "format": artifact.manifest.format,
        "recipe": artifact.manifest.recipe,
        "size_bytes": _size(artifact),
        "max_abs_error": proof.max_abs_error,
        "label_agreement": proof.label_agreement,
        "reused": artifact.reused,
        "trimming": None if trimming is None else msgspec.to_builtins(trimming),
        "denormals": None if denormals is None else msgspec.to_builtins(denormals),
    }
