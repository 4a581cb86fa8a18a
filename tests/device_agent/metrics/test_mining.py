"""F1 over mined pairs."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.metrics.mining import PairScore, pair_f1

PAIRS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), max_size=8)


def test_by_hand() -> None:
    """Two of three mined pairs are among the four wanted: 2/3, 2/4, and their harmonic mean."""
    gold = [("de-1", "en-1"), ("de-2", "en-2"), ("de-3", "en-3"), ("de-4", "en-4")]
    found = [("de-1", "en-1"), ("de-2", "en-2"), ("de-3", "en-4")]
    score = pair_f1(gold, found)
    assert score.precision == pytest.approx(100 * 2 / 3, abs=1e-9)
    assert score.recall == 50.0
    assert score.f1 == pytest.approx(100 * 4 / 7, abs=1e-9)


def test_a_pair_has_a_direction() -> None:
    """English first is another pair."""
    assert pair_f1([("de-1", "en-1")], [("en-1", "de-1")]).f1 == 0.0


def test_a_pair_twice_is_one() -> None:
    """Repetition neither helps nor hurts."""
    gold, found = [("a", "x"), ("b", "y")], [("a", "x"), ("a", "x")]
    assert pair_f1(gold, found) == pair_f1(gold, found[:1])


def test_nothing_mined_scores_zero() -> None:
    """No division by nothing."""
    assert pair_f1([("a", "x")], []) == PairScore(f1=0.0, precision=0.0, recall=0.0)


def test_no_gold_has_no_score() -> None:
    """No gold is an error, not 0."""
    with pytest.raises(ValueError, match="gold"):
        pair_f1([], [("a", "x")])


@given(PAIRS.filter(bool), PAIRS, st.randoms(use_true_random=False))
def test_range_and_order(
    gold: list[tuple[str, str]], found: list[tuple[str, str]], chance: random.Random
) -> None:
    """All three lie between 0 and 100, are 100 for gold itself, and do not see the order."""
    score = pair_f1(gold, found)
    assert all(0 <= value <= 100 for value in (score.f1, score.precision, score.recall))
    assert pair_f1(chance.sample(gold, len(gold)), chance.sample(found, len(found))) == score
    assert pair_f1(gold, gold) == PairScore(f1=100.0, precision=100.0, recall=100.0)


@given(PAIRS.filter(bool), PAIRS)
def test_it_equals_the_official_script(
    gold: list[tuple[str, str]], found: list[tuple[str, str]]
) -> None:
    """F1 from precision and recall of two sets of lines; all 0 without a common one."""
    wanted, mined = ({"\t".join(pair) for pair in pairs} for pairs in (gold, found))
    score, right = pair_f1(gold, found), len(wanted & mined)
    if not right:
        assert score == PairScore(f1=0.0, precision=0.0, recall=0.0)
        return
    precision, recall = right / len(mined), right / len(wanted)
    assert score.precision == pytest.approx(100 * precision)
    assert score.recall == pytest.approx(100 * recall)
    assert score.f1 == pytest.approx(100 * 2 / (1 / precision + 1 / recall))
