"""Sentence vectors, and candidates ranked by cosine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from device_agent.contract.samples import SentenceInput
from device_agent.tasks.heads.sentence_retrieval import SentenceRetrieval, rank

SENTENCE = SentenceInput(role="query", text="Das Haus am See ist alt. " * 200)


def vectors(rows: st.SearchStrategy[int]) -> st.SearchStrategy[np.ndarray]:
    """Small whole numbers, so that ties are frequent and exact."""
    shape = rows.map(lambda count: (count, 4))
    return shape.flatmap(
        lambda s: hnp.arrays(np.float32, s, elements=st.integers(-2, 2).map(float))
    )


def test_a_long_sentence_is_cut_to_512_tokens(tokenizers) -> None:
    """The limit counts special tokens, and the row equals transformers' own."""
    (row,) = SentenceRetrieval().encode(tokenizers.plain, SENTENCE)
    expected = tokenizers.fast(SENTENCE.text, truncation=True, max_length=512)["input_ids"]
    assert len(expected) == 512
    assert row.input_ids.tolist() == [expected]


def test_decoding_takes_the_batch_axis_off() -> None:
    """What comes out is float32 [hidden]."""
    outputs = [{"embedding": np.arange(3, dtype=np.float32)[None]}]
    vector = SentenceRetrieval().decode(SENTENCE, [], outputs, ())
    assert vector.dtype == np.float32
    assert vector.tolist() == [0, 1, 2]


def test_cosine_ranks_and_length_does_not_matter() -> None:
    """A short vector in the query's direction beats a long one beside it."""
    candidates = np.array([[100, 90], [0.1, 0], [0, 5]], dtype=np.float32)
    query = np.array([[3, 0]], dtype=np.float32)
    assert rank(query, candidates, ["long", "near", "far"], 3) == [("near", "long", "far")]


def test_equal_candidates_keep_their_order() -> None:
    """Of duplicates the earlier one comes first, also where only some of them fit."""
    candidates = np.array([[1, 1], [1, 2]] * 300, dtype=np.float32)
    query = np.ones((1, 2), dtype=np.float32)
    ids = [str(number) for number in range(600)]
    assert rank(query, candidates, ids, 3) == [("0", "2", "4")]
    assert rank(query, candidates, ids, 600) == [(*ids[::2], *ids[1::2])]


def test_a_zero_vector_is_similar_to_nothing() -> None:
    """It is ranked by order behind what points the query's way, without a warning."""
    candidates = np.array([[0, 0], [1, 0], [-1, 0]], dtype=np.float32)
    queries = np.array([[2, 0], [0, 0]], dtype=np.float32)
    assert rank(queries, candidates, list("abc"), 3) == [("b", "a", "c"), ("a", "b", "c")]


@pytest.mark.parametrize(("queries", "candidates"), [(2, 0), (0, 2)])
def test_an_empty_side_ranks_nothing(queries: int, candidates: int) -> None:
    """Without candidates each query has an empty ranking; without queries there is none."""
    empty = rank(
        np.ones((queries, 3), np.float32),
        np.ones((candidates, 3), np.float32),
        "ab"[:candidates],
        5,
    )
    assert empty == [()] * queries


@given(vectors(st.integers(1, 6)), vectors(st.integers(1, 30)), st.integers(1, 40))
def test_ranking_agrees_with_a_full_sort(queries, candidates, top_k) -> None:
    """Scores fall along each ranking, and nothing left out is better than what is in."""
    ids = [str(number) for number in range(len(candidates))]
    norms = np.linalg.norm(candidates, axis=1)
    for query, ranking in zip(queries, rank(queries, candidates, ids, top_k), strict=True):
        scores = candidates @ query / np.maximum(norms * np.linalg.norm(query), 1e-30)
        ranked = scores[[int(key) for key in ranking]]
        assert len(set(ranking)) == len(ranking) == min(top_k, len(ids))
        np.testing.assert_allclose(ranked, np.sort(scores)[::-1][: len(ranking)], atol=1e-6)
