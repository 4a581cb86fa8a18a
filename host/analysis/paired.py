"""Paired tests of two variants' credits on the same samples, and Holm's correction over many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from host.analysis.rounds import Floats

RESAMPLES = 9_999


def p_value(candidate: Floats, baseline: Floats, seed: int) -> float:
    """Return the two-sided p of "no difference" between paired credits, float64 [samples].

    Right-or-wrong credits get McNemar's exact test, all others approximate randomisation.
    """
    both = np.concatenate([candidate, baseline])
    if np.all((both == 0) | (both == 1)):
        return mcnemar(candidate, baseline)
    return randomisation(candidate, baseline, seed)


def mcnemar(candidate: Floats, baseline: Floats) -> float:
    """Return McNemar's exact two-sided p: a binomial test on the discordant pairs.

    Source: McNemar, Psychometrika 12 (1947); for comparing classifiers, Dietterich, Neural
    Computation 10 (1998). Exact, because languages often have few discordant samples.

    Args:
        candidate: 0 or 1, float64 [samples].
        baseline: 0 or 1, on the same samples.
    """
    better = int(np.sum(candidate > baseline))
    worse = int(np.sum(candidate < baseline))
    if better + worse == 0:
        return 1.0
    return float(stats.binomtest(better, better + worse, 0.5).pvalue)


def randomisation(candidate: Floats, baseline: Floats, seed: int) -> float:
    """Return the two-sided p of the mean difference by approximate randomisation.

    Within each pair the two are exchanged at random; p never is 0.

    Source: Noreen, "Computer-intensive methods for testing hypotheses" (1989); for language
    processing, Yeh, "More accurate tests for the statistical significance of result differences",
    COLING 2000. SciPy's `permutation_test` goes through all exchanges where they are few.
    """
    if np.array_equal(candidate, baseline):
        return 1.0
    result = stats.permutation_test(
        (candidate, baseline),
        lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=500,
        rng=np.random.default_rng(seed),
    )
    return float(result.pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values adjusted so that the chance of any false difference stays at alpha.

    Source: Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6
    (1979): the i-th smallest of m is multiplied by m - i + 1, made monotone, capped at 1.
    """
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, p_values[index] * (len(p_values) - rank)))
        adjusted[index] = highest
    return adjusted
