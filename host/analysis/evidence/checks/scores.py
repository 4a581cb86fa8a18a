"""Accuracy mode's scores: one for every planned cell that has something to score."""

from __future__ import annotations

from collections.abc import Iterator

from device_agent.contract.bundle import JOURNAL_NAME
from device_agent.contract.events import Scored
from host.analysis.bundle import Bundle
from host.analysis.evidence.checks import cells
from host.analysis.seal.failure import RUN_AGAIN, Failure


def check_scores(bundle: Bundle) -> Iterator[Failure]:
    """Find scores that are missing, doubled, unplanned, or of something else than planned."""
    planned = {cell: d for cell, d in cells.planned(bundle).items() if d.queries}
    tasks = cells.planned_tasks(bundle)
    seen: set[cells.VariantCell] = set()
    for seq, score in bundle.entries(Scored):
        cell = (score.variant, score.task, score.language)
        if cell not in planned:
            message = f"has a score of {cells.name(cell)}, which the spec lacks"
            yield Failure(JOURNAL_NAME, message, seq=seq)
            continue
        if cell in seen:
            message = f"has the score of {cells.name(cell)} again, expected it once"
            yield Failure(JOURNAL_NAME, message, seq=seq)
        seen.add(cell)
        dataset = planned[cell]
        if (score.samples, score.available) != (dataset.queries, dataset.available):
            message = (
                f"scores {score.samples} of {score.available} samples of {cells.name(cell)}, "
                f"the spec plans {dataset.queries} of {dataset.available}"
            )
            yield Failure(JOURNAL_NAME, message, seq=seq)
        primary = tasks[score.task].primary
        if score.primary != primary:
            message = f"averages {score.primary} of {cells.name(cell)}, expected {primary}"
            yield Failure(JOURNAL_NAME, message, RUN_AGAIN, seq=seq)
    if bundle.finished:
        for cell in planned:
            if cell not in seen:
                message = f"lacks the score of {cells.name(cell)}"
                yield Failure(JOURNAL_NAME, message, RUN_AGAIN)
