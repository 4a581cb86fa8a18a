"""Means over crossed seeds and samples, on data whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from host.analysis.answer.crossed import over_rounds, over_samples

TRIALS = 400


def _covered(
    *, seeds: int, between: float, shared: float, apart: float, columns: int = 40
) -> float:
    """Return how often the 95 % interval holds the true mean of 0.3."""
    random = np.random.default_rng(5)
    held = 0
    for _ in range(TRIALS):
        values = (
            0.3
            + between * random.standard_normal((seeds, 1))
            + shared * random.standard_normal((1, columns))
            + apart * random.standard_normal((seeds, columns))
        )
        interval = over_rounds(values).interval(0.95)
        held += interval.low <= 0.3 <= interval.high
    return held / TRIALS


@pytest.mark.parametrize(
    ("between", "shared", "apart"),
    [(1.0, 0.0, 1.0), (0.0, 1.0, 1.0), (0.2, 1.0, 1.0), (0.5, 0.5, 3.0), (0.0, 0.0, 1.0)],
)
@pytest.mark.parametrize("seeds", [3, 5])
def test_the_interval_holds_the_truth_as_often_as_it_says(
    seeds: int, between: float, shared: float, apart: float
) -> None:
    """Whichever source dominates, the 95 % interval is right in at least nine cases of ten."""
    assert 0.92 <= _covered(seeds=seeds, between=between, shared=shared, apart=apart) <= 1.0


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_seeds_that_agree_by_luck_show_nothing(seeds: int) -> None:
    """Without any effect small p values are about as rare as they say, where Holm looks too."""
    random = np.random.default_rng(7)
    values = random.standard_normal((4_000, seeds, 60)) + random.standard_normal((4_000, 1, 60))
    p = np.array([over_rounds(one).p for one in values])
    for level in (0.05, 0.005, 0.001):
        assert np.mean(p < level) <= 1.5 * level + 0.0015


def test_rounds_do_not_make_up_for_seeds() -> None:
    """Where seeds differ, many more rounds leave the interval as wide as it was."""
    random = np.random.default_rng(1)
    seeds = random.standard_normal((4, 1))
    few, many = (
        over_rounds(seeds + 0.1 * random.standard_normal((4, rounds))) for rounds in (10, 1000)
    )
    assert many.error == pytest.approx(few.error, rel=0.1)
    assert many.freedom == pytest.approx(3, abs=0.2)


def test_seeds_do_not_make_up_for_rounds() -> None:
    """What a round does to all seeds alike stays, however many seeds there are."""
    random = np.random.default_rng(2)
    rounds = random.standard_normal((1, 20))
    few, many = (
        over_rounds(rounds + 0.01 * random.standard_normal((seeds, 20))) for seeds in (3, 300)
    )
    assert many.error == pytest.approx(few.error, rel=0.05)
    assert many.freedom == pytest.approx(19, abs=0.5)


def test_one_seed_knows_only_its_rounds() -> None:
    """A single seed has the error of its rounds, and says that it is one."""
    values = np.array([[0.1, 0.2, 0.3, 0.4]])
    found = over_rounds(values)
    assert found.seeds == 1
    assert found.error == pytest.approx(np.std(values, ddof=1) / 2)
    assert found.mean == pytest.approx(0.25)


def test_equal_effects_without_spread_are_no_certainty() -> None:
    """All three seeds' models answer 100 samples alike: others may still differ, by 4 points."""
    found = over_samples(np.zeros(3), np.zeros((3, 50)), 100, 100)
    assert (found.mean, found.p) == (0.0, 1.0)
    assert found.interval(0.95).low == pytest.approx(-3.7, abs=0.1)
    assert over_rounds(np.zeros((3, 50))).error == 0


def test_samples_are_a_bootstrap_and_seeds_are_not() -> None:
    """The error is that of the seeds' means plus what resampling gives to all seeds alike."""
    random = np.random.default_rng(3)
    drawn = random.standard_normal((1, 4000))
    found = over_samples(np.array([1.0, 2.0, 3.0]), np.repeat(drawn, 3, axis=0), 500, 500)
    assert found.error == pytest.approx(np.sqrt(1 / 3 + 1), rel=0.05)
    assert found.times(-2).mean == -4
    assert found.times(-2).error == pytest.approx(2 * found.error)


def test_a_slope_is_as_wide_as_the_gap_that_it_comes_to() -> None:
    """Over two places, a slope times its span is the gap; the axis's unit does not matter."""
    gap = over_samples(np.zeros(2), np.zeros((2, 50)), 400, 400.0, math.hypot(1, 1))
    for span in (0.5, 5.0):
        weights = math.hypot(1 / span, 1 / span)
        slope = over_samples(np.zeros(2), np.zeros((2, 50)), 400, 400.0, weights)
        told = slope.times(span).interval(0.95)
        assert (told.low, told.high) == pytest.approx(
            (gap.interval(0.95).low, gap.interval(0.95).high)
        )
