"""Paired tests of the difference of two variants' scores on the same samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy import stats

from host.analysis.score.contributions import Contributions, ratio
from host.analysis.timing.rounds import Floats

TestName = Literal["McNemar (exact)", "approximate randomisation"]

_RESAMPLES = 9_999
_BATCH = 500


def difference_p(
    candidate: Contributions, baseline: Contributions, seed: int
) -> tuple[TestName, float]:
    """Return the test that fits the metric, and its two-sided p of "no difference".

    Right-or-wrong samples get McNemar's exact test, all others approximate randomisation. The
    metric decides, not its values: average precisions may all be 0 or 1 by chance.
    """
    if candidate.right_or_wrong and baseline.right_or_wrong:
        return "McNemar (exact)", mcnemar(candidate.numerators, baseline.numerators)
    return "approximate randomisation", randomisation(candidate, baseline, seed)


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


def randomisation(candidate: Contributions, baseline: Contributions, seed: int) -> float:
    """Return the two-sided p of the score difference by approximate randomisation.

    Within each sample the two variants are exchanged at random and the metric taken again;
    (hits + 1) / (resamples + 1) never is 0. SciPy's `permutation_test` takes one number a sample,
    and F1 needs two.

    Source: Noreen, "Computer-intensive methods for testing hypotheses" (1989); for F1, Yeh, "More
    accurate tests for the statistical significance of result differences", COLING 2000.
    """
    above = candidate.numerators - baseline.numerators
    below = candidate.denominators - baseline.denominators
    differs = (above != 0) | (below != 0)
    if not np.any(differs):
        return 1.0
    sums = [float(np.sum(part)) for part in (candidate.numerators, candidate.denominators)]
    others = [float(np.sum(part)) for part in (baseline.numerators, baseline.denominators)]
    moves = np.stack([above[differs], below[differs]], axis=1)
    random = np.random.default_rng(seed)
    observed = abs(candidate.score - baseline.score)
    hits = 0
    for start in range(0, _RESAMPLES, _BATCH):
        rows = min(_BATCH, _RESAMPLES - start)
        exchanged = random.integers(0, 2, size=(rows, len(moves))).astype(np.float64) @ moves
        ours = ratio(sums[0] - exchanged[:, 0], sums[1] - exchanged[:, 1])
        theirs = ratio(others[0] + exchanged[:, 0], others[1] + exchanged[:, 1])
        # Sums of the same numbers in another order differ in the last bits.
        hits += int(np.sum(np.abs(ours - theirs) >= observed - 1e-9))
    return (hits + 1) / (_RESAMPLES + 1)


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
