"""Which tasks are shown to be learned, on simulated answers whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from host.analysis.score.assay import above_guessing
from host.analysis.score.chance import chance_of
from host.analysis.score.contributions import contributions
from host.analysis.score.resampling import ResampledCell, bootstrap_sums

LABELS = ("contradiction", "entailment", "neutral")
LANGUAGES = tuple(f"l{n}" for n in range(15))
TRIALS = 60


def _cells(skill: float, *, rows: int, frequent: float, seed: int) -> list[ResampledCell]:
    """XNLI in 15 translations: a share of the rows is known in most, the others are guessed.

    Args:
        skill: Share of answers that are known and not guessed.
        rows: Of each language.
        frequent: How often the model's favourite is among its guesses.
        seed: Of everything.
    """
    random = np.random.default_rng(seed)
    right = random.integers(0, 3, rows)
    hard = random.random(rows)
    guesses = np.array([frequent, *[(1 - frequent) / 2] * 2])
    found = []
    for language in LANGUAGES:
        known = np.where(random.random(rows) < 0.7, hard, random.random(rows)) < skill
        given = np.where(known, right, random.choice(3, rows, p=guesses))
        gold = {str(n): LABELS[one] for n, one in enumerate(right)}
        made = {"a": {str(n): LABELS[one] for n, one in enumerate(given)}}
        parts = {"a": contributions("xnli", language, made["a"], gold)}
        chance = chance_of("xnli", language, made, gold, None)
        own = np.stack([parts["a"].numerators, parts["a"].denominators], axis=1)
        found.append((language, parts, chance, np.hstack([own, chance.columns])))
    names = [[str(n) for n in range(rows)]] * len(found)
    sums = bootstrap_sums([columns for *_, columns in found], names, (seed,), 300)
    return [
        ResampledCell(
            ("xnli", language),
            rows,
            parts,
            {"a": 100 * one[:, 0] / one[:, 1]},
            chance.guessed,
            chance.score(chance.columns.sum(axis=0)[None]),
            chance.drawn(one[:, 2:]),
        )
        for (language, parts, chance, _), one in zip(found, sums, strict=True)
    ]


def _learned(skill: float, *, rows: int = 100, frequent: float = 1 / 3) -> float:
    return float(
        np.mean(
            [
                above_guessing(_cells(skill, rows=rows, frequent=frequent, seed=seed), ["a"])
                for seed in range(TRIALS)
            ]
        )
    )


def test_a_little_skill_is_seen_in_a_hundred_translated_rows() -> None:
    """45 % where a third is chance; held against the most frequent answer it is hardly ever."""
    assert _learned(0.18) > 0.8


@pytest.mark.parametrize("frequent", [1 / 3, 0.8, 1.0])
@pytest.mark.parametrize("rows", [20, 100])
def test_whoever_knows_nothing_is_not_called_learned(rows: int, frequent: float) -> None:
    """Guessing at random, mostly one answer, or always it."""
    assert _learned(0.0, rows=rows, frequent=frequent) <= 0.07


def test_knowing_something_is_not_enough_below_the_most_frequent_answer() -> None:
    """A task whose score lies below guessing's measures nothing that one would want."""
    cells = _cells(0.25, rows=200, frequent=1 / 3, seed=1)
    assert above_guessing(cells, ["a"])
    lower = [
        ResampledCell(
            c.cell, c.samples, c.parts, c.drawn, c.parts["a"].score + 1, c.chance, c.drawn_chance
        )
        for c in cells
    ]
    assert not above_guessing(lower, ["a"])
