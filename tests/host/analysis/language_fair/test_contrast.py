"""Ratios of means over the same rows, with intervals that cover as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.analysis.language_fair.contrast import MIN_ROWS, over_tasks, ratio_of_means

positive = st.lists(st.floats(0.1, 1e6), min_size=2, max_size=30).map(np.array)


@given(positive, st.floats(0.01, 100))
def test_a_constant_factor_is_found_exactly(values: np.ndarray, factor: float) -> None:
    """Where every row takes so many times as long, that is the ratio, without any doubt."""
    found = ratio_of_means([values * factor], [values])
    assert math.exp(found.log) == pytest.approx(factor)
    if len(values) >= MIN_ROWS:
        assert found.error == pytest.approx(0, abs=1e-6)


@given(st.integers(0, 99))
def test_time_per_sentence_is_tokens_times_time_per_token(seed: int) -> None:
    """The parts of the explanation multiply to the whole."""
    random = np.random.default_rng(seed)
    ours, theirs, our_tokens, their_tokens = random.lognormal(size=(4, 12))
    sentence = ratio_of_means([ours], [theirs])
    tokens = ratio_of_means([our_tokens], [their_tokens])
    token = ratio_of_means([ours, their_tokens], [our_tokens, theirs])
    assert sentence.log == pytest.approx(tokens.log + token.log)


def test_too_few_rows_have_no_interval() -> None:
    """The ratio is there, what it is worth is not known."""
    found = ratio_of_means([np.array([2.0, 4.0])], [np.array([1.0, 2.0])])
    assert found.estimate.value == pytest.approx(2)
    assert found.estimate.interval is None
    assert found.p is None


def test_pairing_takes_out_what_is_long_in_both_languages() -> None:
    """Sentences of one to a hundred words, each 1.5 times as long: a narrow interval."""
    random = np.random.default_rng(1)
    lengths = random.lognormal(2, 1, 40)
    other = lengths * 1.5 * np.exp(random.normal(0, 0.05, 40))
    paired = ratio_of_means([other], [lengths]).error
    apart = ratio_of_means([other], [random.permutation(lengths)]).error
    assert paired is not None
    assert apart is not None
    assert paired < apart / 10


@pytest.mark.parametrize("rows", [6, 10, 30, 100])
def test_intervals_cover_the_truth_in_95_of_100_experiments(rows: int) -> None:
    """Skewed lengths, and translations that are longer or shorter by a fifth."""
    random = np.random.default_rng(rows)
    hits, runs = 0, 2_000
    for _ in range(runs):
        length = random.lognormal(3, 0.5, rows)
        ours = length * 1.9 * np.exp(random.normal(0, 0.2, rows) - 0.02)
        theirs = length * np.exp(random.normal(0, 0.1, rows) - 0.005)
        interval = ratio_of_means([ours], [theirs]).estimate.interval
        assert interval is not None
        hits += interval.low <= 1.9 <= interval.high
    assert 0.93 <= hits / runs <= 0.97


def test_tasks_have_the_same_weight_however_many_rows_they_have() -> None:
    """The geometric mean of 2 and 8 is 4."""
    small = ratio_of_means([np.full(6, 2.0)], [np.ones(6)])
    large = ratio_of_means([np.full(600, 8.0)], [np.ones(600)])
    assert over_tasks([small, large]).estimate.value == pytest.approx(4)


def test_one_task_with_too_few_rows_leaves_no_interval_for_both() -> None:
    """What is not known of a part is not known of the whole."""
    random = np.random.default_rng(0)
    few = ratio_of_means([np.array([2.0, 3.0])], [np.ones(2)])
    many = ratio_of_means([random.lognormal(size=30)], [random.lognormal(size=30)])
    assert over_tasks([few, many]).error is None
    assert over_tasks([many, many]).error == pytest.approx(many.error / math.sqrt(2))
