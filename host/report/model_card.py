"""Writes results as Hugging Face's `model-index`, the metadata of a model's README.md.

One file per variant: the metadata block, the same numbers for people, and the command that merges
the block into a README. Source: the model card specification of huggingface/hub-docs
(`modelcard.md`); the block is made and read by huggingface_hub itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import EvalResult, ModelCardData

from device_agent.contract.runspec import Dataset
from host.analysis.results import Comparison, RunComparison, VariantSummary
from host.analysis.score.scores import CellScore
from host.analysis.score.suites import is_smaller
from host.data.fetch.sources import SOURCES, Source
from host.report import numbers
from host.report.markdown_parts import table
from host.report.markdown_parts import text as plain_text
from host.report.sizes import sample_range
from host.scoring.benchmark import TASKS

_TASKS = {task.name: task for task in TASKS}
_TYPES = {
    "sequence-classification": "text-classification",
    "multiple-choice": "multiple-choice",
    "token-classification": "token-classification",
    "question-answering": "question-answering",
    "sentence-embedding": "sentence-similarity",
}
_SMALLER = " (own data, smaller than the benchmark's)"
_METRICS = {
    "accuracy": "Accuracy",
    "f1": "F1",
    "precision": "Precision",
    "recall": "Recall",
    "exact_match": "Exact match",
    "map@20": "mAP@20",
}


def write_model_cards(comparison: Comparison, folder: Path) -> tuple[Path, ...]:
    """Write `<variant>.md` for every scored variant, with its device's run where there are several.

    Args:
        comparison: One or more runs.
        folder: Made if need be.

    Returns:
        The paths; none where nothing is scored.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for run in comparison.runs:
        for variant in run.variants:
            if any(cell.score is not None for cell in variant.cells.values()):
                own = len(comparison.runs) > 1
                name = f"{run.bundle.spec.run_id}.{variant.name}" if own else variant.name
                path = folder / f"{name}.md"
                path.write_text(model_card(run, variant, path), encoding="utf-8")
                written.append(path)
    return tuple(written)


def model_card(run: RunComparison, variant: VariantSummary, path: Path) -> str:
    """Return one variant's card; `path` is where it will lie, for the command."""
    results = list(eval_results(run, variant))
    data = ModelCardData(model_name=variant.name, eval_results=results)
    return f"---\n{data.to_yaml()}\n---\n" + "\n\n".join(_body(run, variant, path)) + "\n"


def eval_results(run: RunComparison, variant: VariantSummary) -> Iterator[EvalResult]:
    """Yield every metric of every task and language that has a score, in percent.

    `verified` is false, as Hugging Face did not compute them. The dataset's revision is left out,
    because a bundle knows its data by digest, which stands beside each metric.
    """
    datasets = {(d.task, d.language): d for d in run.bundle.spec.datasets}
    for cell in variant.cells.values():
        if cell.score is not None:
            dataset = datasets[cell.task, cell.language]
            for metric, value in sorted(cell.metrics.items()):
                yield _result(run, cell, dataset, metric, value)


def _result(
    run: RunComparison, cell: CellScore, dataset: Dataset, metric: str, value: float
) -> EvalResult:
    task = _TASKS[cell.task]
    source = _source(cell)
    return EvalResult(
        task_type=_TYPES[task.head],
        task_name=f"{task.title}, zero-shot",
        dataset_type=source.identifier if source else cell.task,
        dataset_name=task.title + _SMALLER * is_smaller(cell),
        dataset_config=source.configs[cell.language] if source else cell.language,
        dataset_split=source.splits.get(cell.split, cell.split) if source else cell.split,
        metric_type=metric,
        metric_value=round(value, 4),
        metric_name=f"{_METRICS.get(metric, metric)} ({cell.language}; {_extent(cell)})",
        metric_args=_arguments(run, cell, dataset),
        verified=False,
    )


def _source(cell: CellScore) -> Source | None:
    """Return the hub's dataset; None where it has none, or the data cannot be all of it."""
    if is_smaller(cell):
        return None
    return next((s for s in SOURCES.get(cell.task, ()) if cell.language in s.configs), None)


def _extent(cell: CellScore) -> str:
    """Say how much of the data it is over; a subset is called one where people see it."""
    told = f"{cell.samples:,} samples"
    if cell.samples < cell.available:
        told = f"subset: {cell.samples:,} of {cell.available:,} samples"
    if cell.lookup is not None and not cell.lookup.comparable:
        told += ", smaller candidate pool"
    return told


def _arguments(run: RunComparison, cell: CellScore, dataset: Dataset) -> dict[str, object]:
    found: dict[str, object] = {
        "language": cell.language,
        "samples": cell.samples,
        "available": cell.available,
        "subset_seed": dataset.seed,
        "inputs_sha256": dataset.inputs,
        "gold_sha256": dataset.gold,
        "bundle_sha256": run.bundle.digest,
        "device": run.device,
    }
    return {name: value for name, value in found.items() if value is not None}


def _body(run: RunComparison, variant: VariantSummary, path: Path) -> Iterator[str]:
    yield f"# Zero-shot evaluation of {plain_text(variant.name)}"
    yield (
        f"On {plain_text(run.device)}, recipe {plain_text(variant.variant.recipe)}; percent, "
        "unweighted means over languages. Not verified by Hugging Face."
    )
    rows = []
    for task in variant.tasks:
        cells = [c for c in variant.cells.values() if c.task == task.task]
        scored = f"{len(task.languages)} of {len(cells)}"
        rows.append((task.task, numbers.score(task.score), scored, sample_range(cells)))
    yield table(("task", "score", "languages", "samples a language"), rows)
    speed = variant.speed
    if speed is not None and speed.percentile(0.9).value_ns is not None:
        yield (
            f"Latency there: p50 {numbers.milliseconds(speed.percentile(0.5).value_ns)} ms, "
            f"p90 {numbers.milliseconds(speed.percentile(0.9).value_ns)} ms per query, "
            f"{numbers.rate(speed.queries_per_second)} queries/s."
        )
    caveats = [f"- {plain_text(c.line)}" for c in run.caveats]
    if caveats:
        yield "\n".join(("What it cannot say:\n", *caveats))
    yield (
        "Each target task has a checkpoint of its own: keep the results of the one that your "
        "repository holds. Into the README.md of a model on the hub:"
    )
    yield f"```sh\n{merge_command(path)}\n```"


def merge_command(path: Path) -> str:
    """Return the shell command that merges a card's block into a model's README on the hub."""
    return (
        'python -c "from huggingface_hub import metadata_load, metadata_update; '
        f"metadata_update('USER/MODEL', metadata_load('{path}'))\""
    )
