"""The benchmark's averages: of a language's metrics, over languages, over tasks; all unweighted.

Source: `evaluate.py` of google-research/xtreme, where question answering is (mean EM + mean F1)
/ 2; the mean over languages of (EM + F1) / 2 is the same number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

ANSWERING = frozenset({"exact_match", "f1"})
"""What question answering is known by: the metrics that it averages both."""


def score_name(metrics: Collection[str], primary: str) -> str:
    """Return what `cell_score` is of these metrics, in words."""
    return "(EM + F1) / 2" if set(metrics) >= ANSWERING else primary


def cell_score(metrics: Mapping[str, float], primary: str) -> float:
    """Return what a task's average takes of one language: the primary metric, for QA both."""
    if metrics.keys() >= ANSWERING:
        return (metrics["exact_match"] + metrics["f1"]) / 2
    return metrics[primary]


def mean(values: Collection[float]) -> float | None:
    """Return the unweighted mean; None of nothing, because that is not 0."""
    return sum(values) / len(values) if values else None


def overall(tasks: Iterable[float | None]) -> float | None:
    """Return the mean over tasks, without those that have no score; None if none has.

    Whoever shows it says which tasks that leaves out.
    """
    return mean([score for score in tasks if score is not None])
