"""One number a round: how much longer a variant took for a query than another, typically."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device_agent.contract.events import Block, RoundDone

Floats = npt.NDArray[np.float64]

LIMIT = 3.0
"""Deviations from its cell's median up to which a query's log ratio counts in full."""

_ENOUGH = 8
_TO_DEVIATION = 1.4826


@dataclass(frozen=True)
class PairedRound:
    """One round's queries, run by both variants.

    Attributes:
        cells: Task and language of each query.
        log_ratios: log(candidate's time / baseline's time), float64 [queries].
    """

    cells: tuple[tuple[str, str], ...]
    log_ratios: Floats


def pair(done: RoundDone, candidate: str, baseline: str) -> PairedRound:
    """Pair two variants' queries of one round: both ran the same ones in the same order.

    Raises:
        KeyError: One of them did not run in it.
    """
    blocks = {block.variant: block for block in done.blocks}
    over, under = blocks[candidate], blocks[baseline]
    return PairedRound(
        cells=tuple(zip(under.tasks, under.languages, strict=True)),
        log_ratios=np.log(_total_ns(over)) - np.log(_total_ns(under)),
    )


def round_means(rounds: Sequence[PairedRound]) -> Floats:
    """Return each round's mean log ratio over its queries, float64 [rounds].

    Every query has the same weight, so long ones do not speak for all; exp of the mean is the
    geometric mean of the queries' ratios. What a board does to a single query (a preemption, a
    throttling step between two variants' turns) is held to 3 robust deviations (MAD) of its task,
    around the median of its task and language over all rounds: Huber's winsorising. So a task or
    language in which a variant really is slower keeps its full weight, and a spike does not get
    it. Rarer, longer tails than that are a percentile's matter, not a mean's.

    Source: Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics
    35 (1964).

    Args:
        rounds: All that are compared, because a cell's median is taken over all of them.
    """
    if not rounds:
        return np.empty(0, dtype=np.float64)
    values = np.concatenate([one.log_ratios for one in rounds])
    cells = [cell for one in rounds for cell in one.cells]
    held = winsorised(values, cells)
    ends = np.cumsum([len(one.log_ratios) for one in rounds])
    return np.array([np.mean(part) for part in np.split(held, ends[:-1])], dtype=np.float64)


def winsorised(values: Floats, cells: Sequence[tuple[str, str]]) -> Floats:
    """Hold logarithms to `LIMIT` robust deviations around their cells' medians, as `round_means`.

    Args:
        values: float64 [queries].
        cells: Task and language of each.
    """
    centres = np.empty_like(values)
    limits = np.empty_like(values)
    for rows in _rows(task for task, _ in cells):
        centres[rows] = np.median(values[rows])
    for rows in _rows(cells):
        if len(rows) >= _ENOUGH:
            centres[rows] = np.median(values[rows])
    off = values - centres
    for rows in _rows(task for task, _ in cells):
        deviation = _TO_DEVIATION * np.median(np.abs(off[rows]))
        # More than half of them equal: there is no deviation to measure outliers by.
        limits[rows] = LIMIT * deviation if deviation > 0 else np.inf
    return centres + np.clip(off, -limits, limits)


def _rows(keys: Iterable[Hashable]) -> list[npt.NDArray[np.int64]]:
    rows: dict[Hashable, list[int]] = {}
    for row, key in enumerate(keys):
        rows.setdefault(key, []).append(row)
    return [np.array(found, dtype=np.int64) for found in rows.values()]


def _total_ns(block: Block) -> Floats:
    tokenise, infer, decode = (
        np.array(part, dtype=np.float64)
        for part in (block.tokenise_ns, block.infer_ns, block.decode_ns)
    )
    return tokenise + infer + decode
