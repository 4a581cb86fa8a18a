"""What a written submission consists of, and the README that says how much of it there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from host.analysis.bundle import Bundle
from host.scoring.benchmark import SUITES, TASKS, TITLES

LABELS = Path("labels")
"""Where a run's own gold lies, beside predictions of a part of the data."""


@dataclass(frozen=True)
class SubmissionFile:
    """The predictions of one task in one language.

    Attributes:
        path: Below the submission's folder.
        samples: Predictions in it.
        available: Samples that the test set has; more means that the file is a subset.
        seed: Seed that drew the subset; None where it was not drawn.
    """

    task: str
    language: str
    path: Path
    samples: int
    available: int
    seed: int | None

    @property
    def is_subset(self) -> bool:
        """Whether it leaves out some of the test set."""
        return self.samples < self.available


@dataclass(frozen=True)
class Submission:
    """What was written for one variant.

    Attributes:
        labels: Files of the run's own gold; none where the data's labels go with the predictions.
        unlabelled: Files of predictions that the gold does not go with, and why.
    """

    folder: Path
    variant: str
    files: tuple[SubmissionFile, ...]
    labels: tuple[Path, ...] = ()
    unlabelled: Mapping[Path, str] = field(default_factory=dict)

    @property
    def subsets(self) -> tuple[SubmissionFile, ...]:
        """The files that do not cover their test set."""
        return tuple(file for file in self.files if file.is_subset)

    @property
    def missing(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Per suite, the languages without a file of each task that lacks some."""
        there = {(file.task, file.language) for file in self.files}
        return {
            suite: {
                task.name: languages
                for task in TASKS
                if (
                    languages := tuple(
                        language
                        for language in task.languages(suite)
                        if (task.name, language) not in there
                    )
                )
            }
            for suite in SUITES
        }

    def to_json(self) -> dict[str, object]:
        """Return plain values for `host report --submission --json`."""
        return {
            "submission": str(self.folder.absolute()),
            "variant": self.variant,
            "files": [str(file.path) for file in self.files],
            "subsets": {
                str(file.path): {"samples": file.samples, "available": file.available}
                for file in self.subsets
            },
            "labels": [str(path) for path in self.labels],
            "missing": self.missing,
        }


def readme(submission: Submission, bundle: Bundle) -> str:
    """Say where the predictions come from, and what keeps them from being handed in as they are."""
    spec, facts = bundle.spec, bundle.facts
    lines = [
        f"Predictions of {submission.variant}, study {spec.study}, run {spec.run_id}.",
        f"Device: {facts.model or facts.board}. Bundle: {bundle.digest}.",
        "Layout: <task>/test-<language>.<extension>, as XTREME and XTREME-R take submissions.",
        *_subsets(submission.subsets),
        *_labels(submission),
    ]
    for suite in SUITES:
        lines += ["", *_missing(TITLES[suite], submission.missing[suite])]
    return "\n".join(lines) + "\n"


def _subsets(files: Sequence[SubmissionFile]) -> Iterable[str]:
    if files:
        yield ""
        yield "SUBSETS: these files do not cover their test set and cannot be handed in."
    for file in files:
        drawn = "" if file.seed is None else f", drawn with seed {file.seed}"
        yield f"  {file.path}: {file.samples} of {file.available} samples{drawn}"


def _labels(submission: Submission) -> Iterable[str]:
    if not submission.labels:
        return
    yield ""
    yield f"LABELS: {LABELS}/ holds the gold of exactly what this run had, so this scores the run:"
    yield f"  host score --predictions . --labels {LABELS}"
    yield "The data's own labels do not go with a part of it line by line."
    for path, reason in submission.unlabelled.items():
        yield f"  no labels for {path}: {reason}"


def _missing(title: str, missing: Mapping[str, Sequence[str]]) -> Iterable[str]:
    if not missing:
        yield f"{title}: every task and language is there."
        return
    yield f"MISSING for {title}:"
    for task, languages in missing.items():
        yield f"  {task}: {' '.join(languages)}"
