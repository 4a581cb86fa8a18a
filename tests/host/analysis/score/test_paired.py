"""Paired tests and intervals on simulated samples whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.analysis.score.contributions import Contributions
from host.analysis.score.paired import difference_p, holm, mcnemar, randomisation


def of_credits(values: np.ndarray) -> Contributions:
    return Contributions(values.astype(np.float64), np.ones(len(values)), right_or_wrong=True)


def right_or_wrong(
    random: np.random.Generator, n: int, ours: float, theirs: float
) -> tuple[Contributions, Contributions]:
    """Two variants with correlated errors: both find the same samples hard."""
    hard = random.random(n)
    noise = random.normal(0, 0.1, (2, n))
    return of_credits(hard + noise[0] < ours), of_credits(hard + noise[1] < theirs)


def test_mcnemar_counts_only_what_differs() -> None:
    """Eight against one of nine discordant pairs: p = 2 (1 + 9) / 2^9."""
    ours = np.array([1.0] * 8 + [0.0] + [1.0] * 50)
    theirs = np.array([0.0] * 8 + [1.0] + [1.0] * 50)
    assert mcnemar(ours, theirs) == pytest.approx(2 * 10 / 512)


def test_equal_predictions_have_p_one() -> None:
    """Nothing differs, so nothing is shown."""
    same = np.array([0.0, 1.0, 1.0])
    assert mcnemar(same, same) == 1.0
    graded = Contributions(np.array([0.2, 0.7]), np.ones(2))
    assert randomisation(graded, graded, 0) == 1.0


def test_the_test_fits_the_metric() -> None:
    """Right-or-wrong metrics get McNemar's test; graded ones never, though all should be 0 or 1."""
    binary = of_credits(np.array([0, 1, 1]))
    graded = Contributions(np.array([0.0, 1.0, 1.0]), np.ones(3))
    chunks = Contributions(np.array([1.0, 0.0, 1.0]), np.array([2.0, 1.0, 1.0]))
    assert difference_p(binary, binary, 0)[0] == "McNemar (exact)"
    assert difference_p(graded, binary, 0)[0] == "approximate randomisation"
    assert difference_p(chunks, chunks, 0)[0] == "approximate randomisation"


def test_mcnemar_keeps_its_error_rate() -> None:
    """Two equally good variants differ at 5 % in at most 5 % of experiments."""
    random = np.random.default_rng(1)
    pairs = [right_or_wrong(random, 200, 0.7, 0.7) for _ in range(1_000)]
    assert sum(mcnemar(a.numerators, b.numerators) < 0.05 for a, b in pairs) <= 60


def test_mcnemar_finds_a_true_difference() -> None:
    """Seven points on a thousand samples are found nearly always."""
    random = np.random.default_rng(2)
    pairs = [right_or_wrong(random, 1_000, 0.72, 0.65) for _ in range(200)]
    assert sum(mcnemar(a.numerators, b.numerators) < 0.05 for a, b in pairs) >= 190


def weighted(
    random: np.random.Generator, n: int, ours: float, theirs: float
) -> tuple[Contributions, Contributions]:
    """Micro-averaged F1 of sentences of unlike lengths."""
    length = random.integers(4, 30, n)
    hard = random.normal(0, 0.1, n)
    made = []
    for level in (ours, theirs):
        right = random.binomial(length, np.clip(level + hard, 0, 1))
        found = length + random.integers(-2, 3, n)
        made.append(Contributions(2.0 * right, (length + found).astype(np.float64)))
    return made[0], made[1]


def test_randomisation_keeps_its_error_rate() -> None:
    """Two equally good taggers differ at 5 % in about 5 % of experiments."""
    random = np.random.default_rng(3)
    pairs = [weighted(random, 40, 0.8, 0.8) for _ in range(200)]
    assert sum(randomisation(a, b, 0) < 0.05 for a, b in pairs) <= 18


def test_randomisation_finds_a_true_difference() -> None:
    """Five points of F1 on 150 sentences are found nearly always."""
    random = np.random.default_rng(4)
    pairs = [weighted(random, 150, 0.82, 0.77) for _ in range(40)]
    assert sum(randomisation(a, b, 0) < 0.05 for a, b in pairs) >= 38


def test_randomisation_agrees_with_mcnemar_where_both_apply() -> None:
    """On right-or-wrong samples the two tests ask the same question."""
    ours, theirs = right_or_wrong(np.random.default_rng(5), 300, 0.72, 0.68)
    exact = mcnemar(ours.numerators, theirs.numerators)
    assert randomisation(ours, theirs, 0) == pytest.approx(exact, abs=0.02)


def test_holm_by_hand() -> None:
    """Three p values: smallest times 3, next times 2, monotone, at most 1."""
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_holm_lies_between_the_raw_p_and_bonferroni(p_values: list[float]) -> None:
    """The correction never lowers a p value and never is harsher than Bonferroni's."""
    for raw, adjusted in zip(p_values, holm(p_values), strict=True):
        assert raw <= adjusted + 1e-12
        assert adjusted <= min(1.0, raw * len(p_values)) + 1e-12


def test_holm_keeps_the_family_wise_error_rate() -> None:
    """Of 40 true nulls any is rejected in at most 5 % of families, give or take."""
    random = np.random.default_rng(9)
    families = sum(min(holm(list(random.random(40)))) < 0.05 for _ in range(2_000))
    assert families / 2_000 < 0.065
