"""Resamples the samples that scores are over: alike for all variants and all translations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device_agent.contract.samples import Prediction
from host.analysis.bundle import Bundle, Cell
from host.analysis.language_fair.parallel import is_parallel, parallel_row
from host.analysis.score.chance import chance_of
from host.analysis.score.contributions import Contributions, contributions, ratio
from host.analysis.score.scores import CellScore
from host.analysis.timing.rounds import Floats

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
        chance: Per variant, what it would score if it knew nothing of what it answers to.
        drawn_chance: The same on the resampled samples, float64 [resamples].
    """

    cell: Cell
    samples: int
    parts: Mapping[str, Contributions]
    drawn: Mapping[str, Floats]
    guessed: float
    chance: Mapping[str, float]
    drawn_chance: Mapping[str, Floats]

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
        parts, chances, rows = [], [], []
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
            chances.append(chance_of(*cell, made, gold, _candidates(cell, scores)))
            rows.append([parallel_row(*cell, key) or f"{cell[1]} {key}" for key in gold])
        columns = [
            np.hstack([_columns(list(part.values())), chance.columns])
            for part, chance in zip(parts, chances, strict=True)
        ]
        drawn = bootstrap_sums(columns, rows, (seed, index), resamples)
        for cell, part, chance, own, sums in zip(cells, parts, chances, rows, drawn, strict=True):
            split = 2 * len(part)
            found[cell] = ResampledCell(
                cell,
                samples=len(own),
                parts=part,
                drawn=dict(zip(part, _scores(sums[:, :split]), strict=True)),
                guessed=chance.guessed,
                chance=chance.score(chance.columns.sum(axis=0)[None]),
                drawn_chance=chance.drawn(sums[:, split:]),
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
    sums = bootstrap_sums([_columns(variants) for variants in cells], rows, seed, resamples)
    return [_scores(one) for one in sums]


def bootstrap_sums(
    cells: Sequence[Floats], rows: Sequence[Sequence[str]], seed: Sequence[int], resamples: int
) -> list[Floats]:
    """Return sums over resampled rows; a row is drawn equally often in all cells.

    Args:
        cells: Per cell what its samples add, float64 [samples, columns].
        rows: Per cell what its samples are called, in the same order; equal names are one row.
        seed: Of the draws.
        resamples: How many.

    Returns:
        Per cell float64 [resamples, columns].
    """
    number = {row: i for i, row in enumerate(dict.fromkeys(row for own in rows for row in own))}
    ends = np.cumsum([columns.shape[1] for columns in cells])
    sums = np.zeros((len(number), ends[-1]))
    for columns, own, end in zip(cells, rows, ends, strict=True):
        at = np.fromiter((number[row] for row in own), dtype=np.intp, count=len(own))
        sums[at, end - columns.shape[1] : end] = columns
    # Most queries of bitext mining add nothing to any sum. Together they are one category.
    told = sums[np.any(sums != 0, axis=1)]
    n, rest = len(sums), len(sums) - len(told)
    chances = np.array([*np.full(len(told), 1 / n), rest / n])
    random = np.random.default_rng(seed)
    drawn = np.empty((resamples, sums.shape[1]))
    at_once = max(1, _DRAWN_AT_ONCE // (len(told) + 1))
    for start in range(0, resamples, at_once):
        size = min(at_once, resamples - start)
        counts = random.multinomial(n, chances, size=size)[:, :-1]
        drawn[start : start + size] = counts.astype(np.float64) @ told
    return np.split(drawn, ends[:-1], axis=1)


def _columns(parts: Sequence[Contributions]) -> Floats:
    """Return numerators and denominators in turns, float64 [samples, 2 parts]."""
    return np.stack([a for part in parts for a in (part.numerators, part.denominators)], axis=1)


def _scores(sums: Floats) -> Floats:
    """Return scores in percent, float64 [parts, resamples]."""
    scores: Floats = ratio(sums[:, 0::2], sums[:, 1::2]).T
    return scores
