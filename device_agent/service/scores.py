"""Scores one language of one variant."""

from __future__ import annotations

from collections.abc import Mapping

from device_agent.contract.events import Scored
from device_agent.contract.runspec import Dataset, Variant
from device_agent.contract.samples import Gold, Prediction
from device_agent.tasks.protocol import Score, Task


def score_language(
    task: Task,
    variant: Variant,
    dataset: Dataset,
    predictions: Mapping[str, Prediction],
    gold: Mapping[str, Gold],
    *,
    unscored: str | None = None,
) -> Scored:
    """Return the score, or why there is none.

    Args:
        task: The dataset's.
        variant: Who predicted.
        dataset: What was run.
        predictions: By sample id; those without gold are left out of the score.
        gold: Of the samples that are scored.
        unscored: A reason that is known already.
    """
    if unscored is None and not gold:
        unscored = _no_gold(dataset)
    if unscored is None:
        with_gold = {i: prediction for i, prediction in predictions.items() if i in gold}
        score = task.score(with_gold, gold, dataset.language)
    else:
        score = Score(unscored=unscored)
    return Scored(
        variant=variant.name,
        task=task.name,
        language=dataset.language,
        samples=dataset.queries,
        available=dataset.available,
        primary=task.primary,
        metrics=score.metrics,
        unscored=score.unscored,
    )


def _no_gold(dataset: Dataset) -> str:
    """Say whether the data has none, or only what was drawn of it."""
    if dataset.queries < dataset.available:
        return f"none of the {dataset.queries} drawn samples has gold"
    return "the data has no gold"
