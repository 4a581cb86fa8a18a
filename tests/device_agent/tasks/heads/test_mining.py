"""Mining by the ratio margin, and the threshold that is fitted on a development set."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_agent.tasks.heads.mining import fit_threshold, mine
from device_agent.tasks.protocol import Embedded


def side(name: str, vectors: np.ndarray, same_as: dict[int, str] | None = None) -> Embedded:
    ids = [f"{name}{row}" for row in range(len(vectors))]
    return Embedded(ids, np.asarray(vectors, dtype=np.float32), same_as or {})


def at(*degrees: float) -> np.ndarray:
    """Vectors of length 1 in these directions of the plane."""
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1)


def pairs(queries: Embedded, candidates: Embedded) -> list[tuple[int, int]]:
    mined = mine(queries, candidates)
    return list(zip(mined.queries.tolist(), mined.candidates.tolist(), strict=True))


def by_the_full_matrix(queries: np.ndarray, candidates: np.ndarray) -> list[tuple[float, int, int]]:
    """Mine as the definition says it: every cosine, every mean, one pair after the other."""
    left, right = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (queries, candidates))
    cosines = left.astype(np.float64) @ right.astype(np.float64).T
    near = [np.argsort(-row, kind="stable")[:4] for row in cosines]
    near_back = [np.argsort(-column, kind="stable")[:4] for column in cosines.T]
    around = [cosines[i, near[i]].mean() for i in range(len(left))]
    around_back = [cosines[near_back[j], j].mean() for j in range(len(right))]

    def margin(i: int, j: int) -> float:
        return cosines[i, j] / ((around[i] + around_back[j]) / 2)

    found = [
        max(((margin(i, j), i, j) for j in near[i]), key=lambda f: f[0]) for i in range(len(left))
    ]
    found += [
        max(((margin(i, j), i, j) for i in near_back[j]), key=lambda f: f[0])
        for j in range(len(right))
    ]
    mined: list[tuple[float, int, int]] = []
    for score, i, j in sorted(found, key=lambda f: -f[0]):
        if score > 0 and all(i != other[1] and j != other[2] for other in mined):
            mined.append((score, i, int(j)))
    return mined


def test_by_hand() -> None:
    """Two queries at 0° and 90°, two candidates at 0° and 60°: all four are neighbours.

    Cosines 1, 1/2 and 0, √3/2; means 3/4 and √3/4 of the queries, 1/2 and (1/2 + √3/2)/2 of the
    candidates. So (0°, 0°) has 1 / (5/8), and (90°, 60°) has √3/2 / ((√3/2 + 1/4) / 2).
    """
    mined = mine(side("q", at(0, 90)), side("c", at(0, 60)))
    root = np.sqrt(3)
    assert mined.queries.tolist() == [0, 1]
    assert mined.candidates.tolist() == [0, 1]
    assert mined.scores == pytest.approx([1.6, (root / 2) / ((root / 2 + 0.25) / 2)], abs=1e-6)


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_it_agrees_with_the_full_matrix(queries, candidates, seed) -> None:
    """Pairs, their order and their scores, on both sides of any size."""
    chance = np.random.default_rng(seed)
    left = chance.standard_normal((queries, 8)) + 0.5
    right = chance.standard_normal((candidates, 8)) + 0.5
    expected = by_the_full_matrix(left, right)
    mined = mine(side("q", left), side("c", right))
    assert mined.scores == pytest.approx([score for score, _, _ in expected], rel=1e-3)
    found = list(zip(mined.queries.tolist(), mined.candidates.tolist(), strict=True))
    assert sorted(found) == sorted((i, j) for _, i, j in expected)


def test_no_row_is_used_twice() -> None:
    """Of three candidates for one query the best gets it, and the others nothing worse."""
    assert pairs(side("q", at(0)), side("c", at(20, 0, 10))) == [(0, 1)]


def test_a_repeated_text_is_searched_once_and_its_pairs_are_dropped() -> None:
    """Its row takes the candidate away from others, and is in no pair itself."""
    queries = side("q", at(0, 0, 90), {0: "q0", 1: "q0"})
    candidates = side("c", at(0, 90))
    assert pairs(queries, candidates) == [(2, 1)]
    once = mine(side("q", at(0, 90)), candidates)
    assert mine(queries, candidates).scores.tolist() == once.scores[once.queries == 1].tolist()


def test_repeated_candidates_are_dropped_alike() -> None:
    """The rows that come back are those of the whole side, not of the searched part."""
    queries, candidates = (
        side("q", at(0, 90)),
        side("c", at(0, 0, 0, 90), dict.fromkeys(range(3), "c0")),
    )
    assert pairs(queries, candidates) == [(1, 3)]


def test_a_text_counts_as_repeated_although_its_twin_was_left_out() -> None:
    """A limited study may keep the second of two alone."""
    queries = side("q", at(0, 90), {0: "q-of-before"})
    assert pairs(queries, side("c", at(0, 90))) == [(1, 1)]


def test_zero_vectors_are_not_mined() -> None:
    """They have no ratio, whatever the rest is."""
    zero = np.zeros((3, 2))
    assert pairs(side("q", zero), side("c", zero)) == []
    assert pairs(side("q", np.vstack([zero, at(0)])), side("c", np.vstack([at(0), zero]))) == [
        (3, 0)
    ]


def test_an_empty_side_has_no_pair() -> None:
    """Neither side may be missing."""
    assert pairs(side("q", at(0)), side("c", np.zeros((0, 2)))) == []
    assert pairs(side("q", np.zeros((0, 2))), side("c", at(0))) == []


def test_the_threshold_lies_between_the_last_pair_that_counts_and_the_next() -> None:
    """F1 of the first one, two, three, four pairs of three gold ones: 1/2, 2/5, 2/3, 4/7."""
    right = np.array([True, False, True, False])
    assert fit_threshold(np.array([4.0, 3.0, 2.0, 1.0]), right, 3) == 1.5


def test_of_equal_f1_the_higher_threshold_counts() -> None:
    """One right pair of one, and two of four, with two gold pairs: both 2/3."""
    scores, right = np.array([5.0, 4.0, 3.0, 2.0]), np.array([True, False, False, True])
    assert fit_threshold(scores, right, 2) == 4.5


def test_where_all_pairs_count_the_threshold_is_the_last_score() -> None:
    """Upstream fails here, looking for the next one."""
    assert fit_threshold(np.array([4.0, 3.0]), np.array([True, True]), 2) == 3.0


def test_without_a_right_pair_all_pass() -> None:
    """Margins are above 0."""
    assert fit_threshold(np.array([4.0, 3.0]), np.array([False, False]), 2) == 0.0
    assert fit_threshold(np.zeros(0), np.zeros(0, dtype=bool), 2) == 0.0


@given(
    st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=12),
    st.integers(0, 4),
)
def test_no_other_threshold_is_better(scored, missing) -> None:
    """Every count of first pairs has an F1 that is no larger, ties of scores aside."""
    scored.sort(key=lambda pair: -pair[0])
    scores = np.array([score + 0.01 * (12 - place) for place, (score, _) in enumerate(scored)])
    right = np.array([is_right for _, is_right in scored])
    wanted = int(right.sum()) + missing
    if not right.any():
        return
    passed = int((scores >= fit_threshold(scores, right, wanted)).sum())
    f1 = [2 * int(right[:count].sum()) / (count + wanted) for count in range(1, len(right) + 1)]
    assert f1[passed - 1] == max(f1)
