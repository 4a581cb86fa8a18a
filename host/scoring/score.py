"""Scores a folder of predictions in the benchmark's submission layout against its labels.

A drop-in for `evaluate.py` of google-research/xtreme, without what ends that one: a missing
language or file, other numbers of lines, LAReQA. What cannot be scored is unscored with a reason,
never 0 and never silently out of a mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from device_agent.contract.errors import DataError
from host.scoring.benchmark import SUITES, TASKS, TITLES, BenchmarkTask, SuiteName, tasks_of
from host.scoring.derived import (
    DERIVED,
    HOW_TO_MAKE,
    MADE_FROM_DATA,
    data_beside,
    derive_gold,
)
from host.scoring.forms.compared import Compared
from host.scoring.forms.rankings import compare_to_targets
from host.scoring.metrics import official_score
from host.scoring.result import Incomplete, Metrics, Note, SuiteResult, TaskResult, Unscored

_FILE = re.compile(r"test-([A-Za-z]{2,3})\.\w+")


def score_submission(predictions: Path, labels: Path, suite: SuiteName) -> SuiteResult:
    """Score every task and language of a suite.

    Args:
        predictions: `<task>/test-<language>.<extension>` for any of the suite's tasks.
        labels: The same layout; the benchmark's data folder will do, for its `labels/`. LAReQA's
            gold is made from `lareqa/xquad-r/` there or beside.
        suite: Which tasks and languages count.

    Raises:
        DataError: A folder does not exist, cannot be read, or has no task of the suite.
    """
    try:
        return _score(predictions, labels, suite)
    except OSError as error:
        raise DataError(
            f"{error.filename}: cannot be read: {error.strerror}.",
            remedy="Make the folders of predictions and labels readable for this user.",
        ) from error


def _score(predictions: Path, labels: Path, suite: SuiteName) -> SuiteResult:
    tasks = tasks_of(suite)
    _check_folder(predictions, "predictions", tasks, suite)
    inner = labels / "labels"
    labels = inner if inner.is_dir() else labels
    _check_folder(labels, "labels", tasks, suite)
    results: list[TaskResult] = []
    unscored: list[Unscored] = []
    notes: list[Note] = []
    incomplete: list[Incomplete] = []
    for task in tasks:
        # Asked once a task: looking one up lists a folder.
        languages, classes = task.languages(suite), task.classes
        scored: dict[str, Metrics] = {}
        for language in languages:
            files = _Files.of(task, language, predictions, labels)
            found = _score_language(task, language, files, classes)
            notes += [Note(task.name, language, text) for text in found.notes]
            if found.unscored is None:
                scored[language] = found.metrics
                if found.missing:
                    incomplete.append(Incomplete(task.name, language, found.missing, found.gold))
            else:
                unscored.append(Unscored(task.name, language, found.unscored, found.remedy))
        if scored:
            results.append(TaskResult(task.name, task.metrics, scored, len(languages)))
        notes += _uncounted(predictions / task.name, task.name, languages, TITLES[suite])
    return SuiteResult(
        suite, len(tasks), tuple(results), tuple(unscored), tuple(notes), tuple(incomplete)
    )


@dataclass(frozen=True)
class _Files:
    """One language's two files, and how they are called below either folder.

    Attributes:
        data: The data folder that gold is made from in place of a label file; None without.
    """

    name: str
    prediction: Path
    label: Path
    data: Path | None

    @classmethod
    def of(cls, task: BenchmarkTask, language: str, predictions: Path, labels: Path) -> _Files:
        name = f"{task.name}/test-{language}.{task.form.extension}"
        data = None if (labels / name).exists() else data_beside(task.name, language, labels)
        return cls(name, predictions / name, labels / name, data)

    def absent(self) -> str:
        """Say which of the two are not there."""
        sides = {"prediction": self.prediction}
        if self.data is None:
            sides["label"] = self.label
        return " and ".join(f"no {k} file {self.name}" for k, p in sides.items() if not p.exists())


@dataclass(frozen=True)
class _Language:
    """One language's metrics, or why it has none and what to do about it.

    Attributes:
        gold: How many samples have gold; `missing` of them have no prediction.
    """

    metrics: Metrics
    unscored: str | None
    remedy: str | None = None
    notes: Sequence[str] = ()
    missing: int = 0
    gold: int = 0


def _score_language(
    task: BenchmarkTask, language: str, files: _Files, classes: Sequence[str]
) -> _Language:
    try:
        compared = _compare(task, language, files, classes)
    except DataError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            no_labels = files.prediction.exists() and task.name == DERIVED
            return _Language({}, files.absent(), HOW_TO_MAKE if no_labels else None)
        return _Language({}, error.message, error.remedy)
    score = official_score(task, compared, language)
    missing = sum(key not in compared.predictions for key in compared.gold)
    return _Language(
        score.metrics,
        score.unscored,
        notes=compared.notes,
        missing=missing if task.form.by_id else 0,
        gold=len(compared.gold),
    )


def _compare(task: BenchmarkTask, language: str, files: _Files, classes: Sequence[str]) -> Compared:
    if files.data is None or not files.prediction.exists():
        return task.form.compare(files.prediction, files.label, classes)
    gold = derive_gold(task.name, language, files.data)
    compared = compare_to_targets(files.prediction, gold)
    return replace(compared, notes=(MADE_FROM_DATA, *compared.notes))


def _check_folder(
    folder: Path, what: str, tasks: Iterable[BenchmarkTask], suite: SuiteName
) -> None:
    """Refuse a folder in which there is nothing to score at all."""
    if not folder.is_dir():
        raise DataError(
            f"{folder}: there is no such folder of {what}.",
            remedy=f"Name the folder that holds xnli/, udpos/ and so on with --{what}.",
        )
    found = {path.name for path in folder.iterdir() if path.is_dir()}
    names = [task.name for task in tasks]
    if found & set(names):
        return
    others = [task.name for task in TASKS if task.name in found]
    if others:
        other = next(name for name in SUITES if name != suite)
        raise DataError(
            f"{folder}: found {', '.join(others)}, which {TITLES[suite]} does not have.",
            remedy=f"Score them with --suite {other}.",
        )
    raise DataError(
        f"{folder}: found {len(found)} folders and none of a task, expected one for each: "
        f"{', '.join(names)}.",
        remedy=f"Name the folder that holds xnli/, udpos/ and so on with --{what}.",
    )


def _uncounted(folder: Path, task: str, counted: Sequence[str], suite: str) -> list[Note]:
    """Note predictions in languages that the suite does not count."""
    if not folder.is_dir():
        return []
    matches = (_FILE.fullmatch(path.name) for path in folder.iterdir())
    found = {match[1] for match in matches if match}
    text = f"{suite} does not count this language of the task"
    return [Note(task, language, text) for language in sorted(found - set(counted))]
