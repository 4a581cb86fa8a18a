"""Two variants' times over the same queries of some languages, a number a round."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from device_agent.measure.ratios import PairedRound, round_means
from host.analysis.timing.rounds import Floats


def language_means(
    paired: Sequence[PairedRound], language: str, tasks: Collection[str] | None = None
) -> Floats:
    """Return each round's mean log ratio over one language's queries.

    Here the round is the unit, not the sentence: what a variant's turn is like (where its session
    lies, what else runs) is in all of the turn's sentences.

    Args:
        paired: Rounds of both variants.
        language: Whose queries count.
        tasks: Of these alone; None of all.

    Returns:
        float64 [rounds]; NaN for a round without such a query.
    """
    own = [_only(one, language, tasks) for one in paired]
    means = np.full(len(paired), np.nan)
    run = [index for index, one in enumerate(own) if one.cells]
    means[run] = round_means([own[index] for index in run])
    return means


def _only(paired: PairedRound, language: str, tasks: Collection[str] | None) -> PairedRound:
    rows = [
        index
        for index, (task, own) in enumerate(paired.cells)
        if own == language and (tasks is None or task in tasks)
    ]
    return PairedRound(
        cells=tuple(paired.cells[row] for row in rows), log_ratios=paired.log_ratios[rows]
    )
