"""Which rows of a task say the same in several languages, as far as a bundle can show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from device_agent.contract.samples import Gold
from host.analysis.bundle import Bundle
from host.data.sampling import row_of

BY_NUMBER = ("pawsx", "xcopa", "xnli")
"""The n-th line is the same sentence in every language: translations of one English set."""
BY_ID = ("lareqa", "mlqa", "xquad")
"""The question's id is the same in every language; MLQA has each in some of its languages."""

_AGREEMENT = 0.9
"""Least share of rows whose labels must agree. They are the English ones, so all do; two labels
by chance in half of the rows."""


@dataclass(frozen=True)
class LeftOut:
    """A language whose rows are not compared with the reference's, and why."""

    task: str
    language: str
    reason: str

    def __str__(self) -> str:
        return f"{self.task}/{self.language}: {self.reason}"


def is_parallel(task: str) -> bool:
    """Whether a task's data is translated, so that rows of two languages can be the same."""
    return task in BY_NUMBER or task in BY_ID


def parallel_row(task: str, language: str, sample_id: str) -> str | None:
    """Return what a row is called in every language; None where it is no parallel one.

    LAReQA's questions are; its candidates are sentences as each translation has them.
    """
    if task == "lareqa" and not sample_id.endswith(f"_{language}"):
        return None
    return row_of(sample_id, language)


def why_not_parallel(bundle: Bundle, task: str, language: str, reference: str) -> str | None:
    """Return why two languages' rows of equal names are not the same sentences; None if they are.

    Lines are only as good as the files: one that lacks a line, or is of another split, has other
    sentences under the same numbers. The number of rows and the labels, which translation does not
    change, show it.
    """
    if task in BY_ID:
        return None
    there = {d.language: d.available for d in bundle.spec.datasets if d.task == task}
    if there[language] != there[reference]:
        return (
            f"its file has {there[language]:,} rows, that of {reference} {there[reference]:,}, "
            "so that lines of equal number are not the same sentence"
        )
    ours, theirs = (
        _labels(language, bundle.gold.get((task, language), {})),
        _labels(reference, bundle.gold.get((task, reference), {})),
    )
    both = ours.keys() & theirs.keys()
    alike = sum(ours[row] == theirs[row] for row in both)
    if alike < _AGREEMENT * len(both):
        return (
            f"{len(both) - alike} of {len(both)} labels differ from those of {reference}, so that "
            "lines of equal number are not the same sentence"
        )
    return None


def _labels(language: str, gold: Mapping[str, Gold]) -> dict[str, Gold]:
    return {row_of(sample, language): label for sample, label in gold.items()}
