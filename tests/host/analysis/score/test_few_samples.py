"""Intervals over few samples, on data whose truth is known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from device_agent.measure.decision import Interval
from host.analysis.score.contributions import Contributions
from host.analysis.score.few_samples import hold_least, percentile_interval, widen, worth
from host.analysis.score.resampling import bootstrap_scores

MARGIN = 1.0
TRIALS = 1_500


@cache
def _interval(won: int, lost: int, n: int) -> Interval:
    chances = [won / n, lost / n, 1 - (won + lost) / n]
    drawn = np.random.default_rng(won * 1000 + lost).multinomial(n, chances, size=4_000)
    return percentile_interval(100 * (won - lost) / n, 100 * (drawn[:, 0] - drawn[:, 1]) / n, n)


@pytest.mark.parametrize("won", [0.0, 0.01, 0.03, 0.12])
@pytest.mark.parametrize("n", [10, 20, 50, 200])
def test_a_loss_as_large_as_the_margin_is_rarely_called_none(n: int, won: float) -> None:
    """Whoever truly loses the margin is non-inferior in some 2.5 % of trials, however few samples.

    Percentiles alone say so in up to 90 % of them.
    """
    chances = [won, won + MARGIN / 100, 1 - 2 * won - MARGIN / 100]
    counts = np.random.default_rng(3).multinomial(n, chances, size=TRIALS)
    intervals = [_interval(int(one), int(other), n) for one, other, _ in counts]
    assert np.mean([i.low > -MARGIN for i in intervals]) < 0.055
    assert np.mean([i.low <= -MARGIN <= i.high for i in intervals]) > 0.92


def test_many_samples_decide_as_percentiles_do() -> None:
    """With a thousand samples and many that differ, next to nothing is added."""
    drawn = np.random.default_rng(1).normal(2.0, 1.0, 4_000)
    low, high = np.percentile(drawn, [2.5, 97.5])
    found = percentile_interval(2.0, drawn, 1_000)
    assert found.low == pytest.approx(low, abs=0.02)
    assert found.high == pytest.approx(high, abs=0.02)


def test_no_difference_in_twenty_samples_is_no_certainty() -> None:
    """Of 20 samples that all agree, some 16 % of others may still differ."""
    found = percentile_interval(0.0, np.zeros(100), 20)
    assert found.low == -found.high
    assert found.high == pytest.approx(16.1, abs=0.1)


@given(n=st.integers(5, 2_000), lost=st.integers(0, 1))
def test_next_to_no_loss_holds_wilsons_interval(n: int, lost: int) -> None:
    """A difference made of losses alone is a share, whose interval is known."""
    share = -100 * lost / n
    found = hold_least(share, Interval(share, share, 0.95), n)
    wilson = stats.binomtest(lost, n).proportion_ci(0.95, method="wilson")
    assert found.low == pytest.approx(-100 * wilson.high, abs=1e-6)
    assert found.high >= -100 * wilson.low - 1e-6


@given(
    mean=st.floats(-100, 100),
    below=st.floats(0, 50),
    above=st.floats(0, 50),
    samples=st.floats(1, 1e6),
)
def test_widening_only_widens(mean: float, below: float, above: float, samples: float) -> None:
    """The interval holds what it held, turns over with the difference, as the models do."""
    narrow = Interval(max(-100.0, mean - below), min(100.0, mean + above), 0.95)
    wide = widen(mean, narrow, samples)
    assert wide.low <= narrow.low + 1e-9
    assert narrow.high - 1e-9 <= wide.high
    turned = widen(-mean, Interval(-narrow.high, -narrow.low, 0.95), samples)
    assert (turned.low, turned.high) == pytest.approx((-wide.high, -wide.low))


def test_an_average_is_worth_what_its_smallest_part_allows() -> None:
    """Languages and tasks add up, and all weigh alike; translations are one and the same rows."""
    assert worth({("udpos", language): 100 for language in ("de", "en", "hi")}) == 300
    assert worth({("udpos", "en"): 100, ("panx", "en"): 100}) == 200
    assert worth({("udpos", "de"): 10, ("udpos", "en"): 5_000}) == 20
    assert worth({("xnli", language): 100 for language in ("de", "en", "hi")}) == 100
    assert worth({("xnli", "de"): 100, ("xnli", "en"): 100, ("udpos", "en"): 400}) == 200


def test_an_average_allows_what_one_of_its_tasks_does() -> None:
    """Of three tasks without any difference, one with 8 samples could hide a third of its own."""
    alone = percentile_interval(0.0, np.zeros(10), worth({("xnli", "en"): 8}))
    three = {("xnli", "en"): 8.0, ("udpos", "en"): 900.0, ("panx", "en"): 900.0}
    assert percentile_interval(0.0, np.zeros(10), worth(three)).high > alone.high / 3


@pytest.mark.parametrize(("sentences", "chunks"), [(50, 10), (100, 10), (300, 3)])
def test_chunks_of_a_sentence_are_lost_together(sentences: int, chunks: int) -> None:
    """One sentence of a hundred is lost whole: few of them show that it can be."""
    random = np.random.default_rng(8)
    held = 0
    for seed in range(200):
        wanted = 2.0 * random.integers(chunks // 2, chunks * 3 // 2 + 1, sentences)
        lost = random.random(sentences) < 0.01
        right = np.round(0.8 * wanted)
        ours, theirs = Contributions(right * ~lost, wanted, step=2.0), Contributions(right, wanted)
        rows = [str(n) for n in range(sentences)]
        (drawn,) = bootstrap_scores([[ours, theirs]], [rows], (seed,), 300)
        found = percentile_interval(ours.score - theirs.score, drawn[0] - drawn[1], ours.units)
        held += found.low <= -0.8
    assert held / 200 > 0.93


@pytest.mark.parametrize("rows", [30, 100])
def test_what_a_row_loses_in_all_languages_is_lost_once(rows: int) -> None:
    """Fifteen translations without a loss have asked so many questions as one."""
    random = np.random.default_rng(9)
    counts = {("xnli", f"l{n}"): float(rows) for n in range(15)}
    false = 0
    for _ in range(400):
        share = float(np.mean(random.random(rows) < 0.01))
        drawn = -100 * random.binomial(rows, share, 400) / rows
        false += percentile_interval(-100 * share, drawn, worth(counts)).low > -1
    assert false / 400 < 0.055
