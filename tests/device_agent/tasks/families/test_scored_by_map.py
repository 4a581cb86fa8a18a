"""Looking up in one pool, and its score."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.tasks.families.scored_by_map import ScoredByMap
from device_agent.tasks.protocol import Embedded

IDS = st.lists(st.sampled_from([f"c{n}" for n in range(30)]), max_size=25, unique=True).map(tuple)
TARGETS = st.lists(st.sampled_from([f"c{n}" for n in range(30)]), min_size=1, max_size=12).map(
    tuple
)


def test_the_twenty_nearest_are_kept_best_first() -> None:
    """By cosine, whatever the vectors' lengths."""
    angles = np.linspace(0, 1, 30)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    candidates = Embedded([f"c{n}" for n in range(30)], vectors * np.arange(1, 31)[:, None])
    queries = Embedded(["q"], np.array([[9, 0]], dtype=np.float32))
    found = ScoredByMap().retrieve(queries, candidates, None)
    assert found.rankings == {"q": tuple(f"c{n}" for n in range(20))}
    assert found.threshold is None


@pytest.mark.parametrize(
    ("ranking", "targets", "expected"),
    [
        (("a", "b"), ("a",), 1.0),
        (("x", "y", "a"), ("a",), 1 / 3),
        ((*"bcdefghijklmnopqrstu", "a"), ("a",), 0.0),
        (("a", "x", "b"), ("a", "b"), (1 + 2 / 3) / 2),
        (("a",), ("a", "b"), 0.5),
        ((), ("a",), 0.0),
        (tuple("abcdefghijk"), tuple("kjihgfedcba"), 1.0),
    ],
)
def test_a_querys_share_is_its_average_precision(ranking, targets, expected) -> None:
    """By hand: one target is the reciprocal rank, eleven in front are perfect."""
    task = ScoredByMap()
    assert task.credit(ranking, targets, "en") == pytest.approx(expected)
    score = task.score({"q": ranking}, {"q": targets}, "en")
    assert score.metrics == {"map@20": pytest.approx(100 * expected)}


def test_a_query_without_a_ranking_counts_nothing() -> None:
    """It is not left out of the mean, and a ranking without gold is."""
    score = ScoredByMap().score({"1": ("a",), "other": ("a",)}, {"1": ("a",), "2": ("a",)}, "en")
    assert score.metrics == {"map@20": 50.0}


def test_without_gold_there_is_no_score() -> None:
    """Which is not a score of 0."""
    score = ScoredByMap().score({"1": ("a",)}, {}, "en")
    assert score.metrics == {}
    assert score.unscored


@given(st.dictionaries(st.text(max_size=3), st.tuples(IDS, TARGETS), min_size=1, max_size=8))
def test_the_score_is_the_mean_of_the_shares(queries) -> None:
    """So that paired tests and the score never disagree."""
    task = ScoredByMap()
    rankings = {key: ranking for key, (ranking, _) in queries.items()}
    gold = {key: targets for key, (_, targets) in queries.items()}
    shares = [task.credit(rankings[key], gold[key], "en") for key in gold]
    assert all(0 <= share <= 1 for share in shares)
    expected = 100 * sum(shares) / len(shares)
    assert task.score(rankings, gold, "en").metrics["map@20"] == pytest.approx(expected)
