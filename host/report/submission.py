"""Writes a run's predictions in the layout in which the benchmark takes submissions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from device_agent.contract.errors import DataError
from device_agent.contract.runspec import Dataset
from device_agent.contract.samples import Prediction
from host.analysis.bundle import Bundle
from host.analysis.evidence.recompute import collect_predictions
from host.report.submission_labels import gold_text, is_part
from host.report.submission_readme import LABELS, Submission, SubmissionFile, readme
from host.scoring.benchmark import TASKS

README_NAME = "README.txt"

Predictions = Mapping[str, Prediction]
"""Predictions of one task and language by sample id."""

Ids = tuple[str, ...]


def write_submission(bundle: Bundle, folder: Path, variant: str | None = None) -> Submission:
    """Write `<task>/test-<language>.<extension>` for all that a variant has predicted.

    Beside predictions of a part of the data lie the labels of that very part, in `labels/`, because
    the data's own labels do not go with them line by line.

    Args:
        bundle: A verified one.
        folder: Made if need be; must be empty, because files of another run would go along.
        variant: Its name; without one, the run's baseline.

    Raises:
        DataError: The run has no such variant or no predictions of it on the test split, or the
            folder is not empty or cannot be written to.
    """
    name = _variant(bundle, variant)
    found = collect_predictions(bundle)
    texts: dict[Path, str] = {}
    files: list[SubmissionFile] = []
    labels_texts: dict[Path, str] = {}
    unlabelled: dict[Path, str] = {}
    for dataset in bundle.spec.datasets:
        predictions = found.get((name, dataset.task, dataset.language))
        if predictions and dataset.split == "test":
            file = _file(dataset, len(predictions))
            files.append(file)
            write = _WRITERS[dataset.task]
            texts[file.path] = write(predictions)
            gold = bundle.gold.get((dataset.task, dataset.language), {})
            text, reason = gold_text(dataset.task, gold, predictions.keys(), write)
            if text is None:
                unlabelled[file.path] = reason
            else:
                labels_texts[LABELS / file.path] = text
    if not files:
        raise DataError(
            f"Run {bundle.spec.run_id} has no predictions of {name} on the test split.",
            remedy="Run the study in accuracy mode, with `split: test`.",
        )
    submission = Submission(folder, name, tuple(files))
    if submission.subsets or is_part(bundle.spec.datasets):
        submission = replace(submission, labels=tuple(labels_texts), unlabelled=unlabelled)
        texts |= labels_texts
    _write(folder, {Path(README_NAME): readme(submission, bundle), **texts})
    return submission


def labels(predictions: Predictions) -> str:
    """Sequence classification: a label a line, in the order of the test set's rows."""
    return "".join(f"{predictions[key]}\n" for key in _by_row(predictions))


def choices(predictions: Predictions) -> str:
    """Multiple choice: an object with the choice's index a line, in the order of the rows."""
    return "".join(f'{{"label": {predictions[key]}}}\n' for key in _by_row(predictions))


def tags(predictions: Predictions) -> str:
    """Token classification: a tag a line, a blank line between sentences."""
    sentences = [cast("Ids", predictions[key]) for key in _by_row(predictions)]
    return "\n".join("".join(f"{tag}\n" for tag in sentence) for sentence in sentences)


def answers(predictions: Predictions) -> str:
    """Question answering: an object from question id to answer."""
    return _json(predictions)


def nearest_rows(predictions: Predictions) -> str:
    """Sentence retrieval (Tatoeba): the row of the best-ranked candidate, in the queries' order.

    A query without any candidate has a blank line, which counts as wrong.
    """
    best = (cast("Ids", predictions[key])[:1] for key in _by_row(predictions))
    return "".join(f"{_row(ids[0]) if ids else ''}\n" for ids in best)


def mined_pairs(predictions: Predictions) -> str:
    """Bitext mining (BUCC): foreign id and mined English id; what mined nothing has no line."""
    pairs = ((key, cast("Ids", ids)) for key, ids in predictions.items())
    return "".join(f"{key}\t{ids[0]}\n" for key, ids in pairs if ids)


def rankings(predictions: Predictions) -> str:
    """Entity and answer retrieval (Mewsli-X, LAReQA): an object from query id to ranked ids."""
    return _json(predictions)


_WRITERS: Mapping[str, Callable[[Predictions], str]] = {
    "xnli": labels,
    "pawsx": labels,
    "xcopa": choices,
    "udpos": tags,
    "panx": tags,
    "xquad": answers,
    "mlqa": answers,
    "tydiqa": answers,
    "bucc2018": mined_pairs,
    "tatoeba": nearest_rows,
    "mewslix": rankings,
    "lareqa": rankings,
}


def _variant(bundle: Bundle, name: str | None) -> str:
    names = [variant.name for variant in bundle.compared]
    chosen = name or bundle.spec.baseline
    if chosen not in names:
        raise DataError(
            f"Run {bundle.spec.run_id} has no variant {chosen!r} with predictions.",
            remedy=f"Use one of: {', '.join(names)}.",
        )
    return chosen


def _file(dataset: Dataset, count: int) -> SubmissionFile:
    extension = next(task.form.extension for task in TASKS if task.name == dataset.task)
    return SubmissionFile(
        task=dataset.task,
        language=dataset.language,
        path=Path(dataset.task) / f"test-{dataset.language}.{extension}",
        samples=count,
        available=dataset.available,
        seed=dataset.seed,
    )


def _by_row(predictions: Predictions) -> list[str]:
    """Return the sample ids (`de-0`, `de-1`) in the order of the test set's rows."""
    return sorted(predictions, key=_row)


def _row(sample_id: str) -> int:
    row = sample_id.rpartition("-")[2]
    if not (row.isascii() and row.isdigit()):
        raise DataError(
            f"Sample {sample_id!r} does not say which row of the test set it is.",
            remedy="Run the study again with data that this version packs: `host run STUDY.yaml`.",
        )
    return int(row)


def _json(predictions: Predictions) -> str:
    return json.dumps(dict(predictions), ensure_ascii=False, indent=1) + "\n"


def _write(folder: Path, texts: Mapping[Path, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise DataError(
                f"{folder}: the folder for the submission is not empty.",
                remedy="Name a new folder with --submission, or empty this one.",
            )
        for path, text in texts.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DataError(
            f"{folder}: the submission cannot be written there: {error.strerror}.",
            remedy="Name a folder that this user may write to, on a disk with space.",
        ) from error
