"""Anytime intervals against experiments that look after every round."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from device_agent.measure.anytime import AnytimeEstimate, critical, estimate

ROUNDS = 150


def looked(experiments: int, seed: int, confidence: float, *, tails: float | None = None) -> float:
    """Return the share of experiments whose interval leaves out the true mean at any round."""
    random = np.random.default_rng(seed)
    shape = (experiments, ROUNDS)
    values = random.normal(size=shape) if tails is None else random.standard_t(tails, shape)
    n = np.arange(1, ROUNDS + 1)
    means = np.cumsum(values, axis=1) / n
    squares = np.cumsum(values**2, axis=1) - n * means**2
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(means) / np.sqrt(squares / (n - 1) / n)
    bounds = np.array([critical(int(k), confidence) for k in n])
    return float(np.mean(np.any(t[:, 4:] > bounds[4:], axis=1)))


@pytest.mark.parametrize("confidence", [0.90, 0.95])
def test_a_look_after_every_round_misleads_no_more_often_than_stated(confidence: float) -> None:
    """Over all rounds together the truth is left out with at most the stated chance."""
    assert looked(4_000, 3, confidence) <= 1 - confidence


def test_heavy_tails_do_not_break_the_promise() -> None:
    """Rounds with Student's t noise of three degrees keep it, too."""
    assert looked(4_000, 4, 0.95, tails=3) <= 0.05


def test_student_s_interval_breaks_the_same_promise() -> None:
    """With looks after every round the t interval leaves the truth out far too often."""
    random = np.random.default_rng(3)
    wrong = 0
    for _ in range(300):
        values = random.normal(size=ROUNDS)
        for n in range(5, ROUNDS + 1, 5):
            seen = values[:n]
            t = abs(seen.mean()) / (seen.std(ddof=1) / math.sqrt(n))
            if t > stats.t.ppf(0.975, n - 1):
                wrong += 1
                break
    assert wrong / 300 > 0.15


def test_the_bound_is_where_the_e_process_reaches_its_level() -> None:
    """The closed form inverts the Bayes factor, which SciPy integrates from its definition."""
    n, t = 12, critical(12, 0.95)
    effects = np.linspace(-12, 12, 48_001)
    prior = stats.norm.pdf(effects, scale=math.sqrt(0.5))
    against = np.trapezoid(stats.nct.pdf(t, n - 1, effects * math.sqrt(n)) * prior, effects)
    assert against / stats.t.pdf(t, n - 1) == pytest.approx(20, rel=1e-3)


def test_too_few_rounds_bound_nothing() -> None:
    """An interval of two rounds is infinite, even where they agree to the last digit."""
    assert AnytimeEstimate(2, 0.01, 0.0).interval(0.95).high == math.inf
    assert critical(1, 0.95) == math.inf


def test_the_price_of_looking_is_about_half_again() -> None:
    """Between 20 and 200 rounds the interval is 1.4 to 1.7 times as wide as Student's."""
    for n in (20, 50, 100, 200):
        assert 1.4 <= critical(n, 0.95) / stats.t.ppf(0.975, n - 1) <= 1.7


def test_estimates_are_the_usual_mean_and_deviation() -> None:
    """Mean and deviation (n - 1) as NumPy computes them."""
    values = [0.01, -0.02, 0.035, 0.0]
    found = estimate(values)
    assert found.rounds == 4
    assert found.mean == pytest.approx(np.mean(values))
    assert found.deviation == pytest.approx(np.std(values, ddof=1))
