"""Resamples the samples that scores are over: alike for all variants and all translations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device_agent.contract.samples import Prediction
from host.analysis.bundle import Bundle, Cell
from host.analysis.contributions import Contributions, contributions, ratio
from host.analysis.guessing import guess
from host.analysis.language_fair.parallel import is_parallel, parallel_row
from host.analysis.rounds import Floats
from host.analysis.scores import CellScore

Predictions = Mapping[tuple[str, str, str], Mapping[str, Prediction]]

_DRAWN_AT_ONCE = 4_000_000
"""Counts held in memory at a time, 8 bytes each, twice."""


@dataclass(frozen=True)
class ResampledCell:
    """One task and language, with the variants that have a score there.

    Attributes:
        samples: With gold and a prediction of each of them.
        parts: Per variant, what each sample adds to the score.
        drawn: Per variant, the score on resampled samples in percent, float64 [resamples].
        guessed: What guessing scores, in percent.
        drawn_guess: The same on the resampled samples, float64 [resamples].
    """

    cell: Cell
    samples: int
    parts: Mapping[str, Contributions]
    drawn: Mapping[str, Floats]
    guessed: float
    drawn_guess: Floats

    @property
    def units(self) -> float:
        """How many answers, chunks or pairs all of the variants can be right or wrong in."""
        return min(part.units for part in self.parts.values())


def resample(
    bundle: Bundle,
    predictions: Predictions,
    scores: Mapping[str, Mapping[Cell, CellScore]],
    *,
    seed: int,
    resamples: int,
) -> dict[Cell, ResampledCell]:
    """Resample every task and language in which any of these variants has a score.

    A row counts as often for each variant, so what makes it hard for both cancels out of their
    difference. It counts as often in each language that it is translated into, too: what it does
    to all of them alike does not shrink with their number, and an average over fifteen
    translations of a hundred questions has asked a hundred questions.

    Source: Efron and Tibshirani, "An introduction to the bootstrap" (1993); paired use in language
    processing, Koehn, EMNLP 2004; rows as clusters, Cameron, Gelbach and Miller, Review of
    Economics and Statistics 90 (2008).

    Args:
        bundle: Has the gold.
        predictions: By variant, task and language.
        scores: Of the variants that are compared.
        seed: Of the draws.
        resamples: How many.
    """
    found: dict[Cell, ResampledCell] = {}
    for index, cells in enumerate(_groups(scores)):
        parts, guesses, rows = [], [], []
        for cell in cells:
            made = {
                name: predictions[name, cell[0], cell[1]]
                for name, of_one in scores.items()
                if of_one[cell].unscored is None
            }
            gold = {
                key: value
                for key, value in bundle.gold[cell].items()
                if all(key in each for each in made.values())
            }
            parts.append({name: contributions(*cell, each, gold) for name, each in made.items()})
            guesses.append(guess(cell[0], gold, cell[1], _candidates(cell, scores)))
            rows.append([parallel_row(*cell, key) or f"{cell[1]} {key}" for key in gold])
        resampled = [
            [*part.values(), *([one.parts] if one.parts else [])]
            for part, one in zip(parts, guesses, strict=True)
        ]
        drawn = bootstrap_scores(resampled, rows, (seed, index), resamples)
        for cell, part, one, own, draws in zip(cells, parts, guesses, rows, drawn, strict=True):
            found[cell] = ResampledCell(
                cell,
                samples=len(own),
                parts=part,
                drawn=dict(zip(part, draws, strict=False)),
                guessed=one.score,
                drawn_guess=draws[-1] if one.parts else np.full(resamples, one.score),
            )
    return found


def _candidates(cell: Cell, scores: Mapping[str, Mapping[Cell, CellScore]]) -> int | None:
    lookups = (of_one[cell].lookup for of_one in scores.values())
    return next((lookup.candidates for lookup in lookups if lookup), None)


def _groups(scores: Mapping[str, Mapping[Cell, CellScore]]) -> Iterable[list[Cell]]:
    """Return the cells with a score, those together that share their rows."""
    groups: dict[Cell | str, list[Cell]] = {}
    for of_one in scores.values():
        for cell, score in of_one.items():
            if score.unscored is None:
                group = groups.setdefault(cell[0] if is_parallel(cell[0]) else cell, [])
                if cell not in group:
                    group.append(cell)
    return groups.values()


def bootstrap_scores(
    cells: Sequence[Sequence[Contributions]],
    rows: Sequence[Sequence[str]],
    seed: Sequence[int],
    resamples: int,
) -> list[Floats]:
    """Return scores on resampled rows, in percent; a row is drawn equally often in all cells.

    Args:
        cells: Per cell the variants, all on the same samples.
        rows: Per cell what its samples are called, in the same order; equal names are one row.
        seed: Of the draws.
        resamples: How many.

    Returns:
        Per cell float64 [variants, resamples].
    """
    number = {row: i for i, row in enumerate(dict.fromkeys(row for own in rows for row in own))}
    widths = [2 * len(variants) for variants in cells]
    sums = np.zeros((len(number), sum(widths)))
    for variants, own, end in zip(cells, rows, np.cumsum(widths), strict=True):
        columns = [a for part in variants for a in (part.numerators, part.denominators)]
        at = np.fromiter((number[row] for row in own), dtype=np.intp, count=len(own))
        sums[at, end - len(columns) : end] = np.stack(columns, axis=1)
    # Most queries of bitext mining add nothing to any sum. Together they are one category.
    told = sums[np.any(sums != 0, axis=1)]
    n, rest = len(sums), len(sums) - len(told)
    chances = np.array([*np.full(len(told), 1 / n), rest / n])
    random = np.random.default_rng(seed)
    scores = np.empty((sums.shape[1] // 2, resamples))
    at_once = max(1, _DRAWN_AT_ONCE // (len(told) + 1))
    for start in range(0, resamples, at_once):
        size = min(at_once, resamples - start)
        drawn = random.multinomial(n, chances, size=size)[:, :-1].astype(np.float64) @ told
        scores[:, start : start + size] = ratio(drawn[:, 0::2], drawn[:, 1::2]).T
    return np.split(scores, np.cumsum(widths)[:-1] // 2)
