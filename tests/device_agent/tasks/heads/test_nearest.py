"""The exact nearest neighbours, block by block, of arrays that may lie on disk."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_agent.tasks.heads import nearest as module
from device_agent.tasks.heads.nearest import WORKING_BYTES, Rows, nearest, nearest_both_ways


def one_by_one(queries: np.ndarray, candidates: np.ndarray, count: int) -> np.ndarray:
    """Return the indices by a full stable sort of all cosines, in float64."""
    cosines = unit(queries) @ unit(candidates).T
    return np.argsort(-cosines, axis=1, kind="stable")[:, :count]


def unit(vectors: np.ndarray) -> np.ndarray:
    wide = vectors.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    return wide / np.where(lengths > 0, lengths, 1)


def axes(draw, rows: int) -> np.ndarray:
    """Vectors along four axes or zero, so that every cosine is exact and most are tied."""
    picked = draw(st.lists(st.integers(-4, 4), min_size=rows, max_size=rows))
    lengths = draw(st.lists(st.sampled_from([0.25, 1.0, 3.0]), min_size=rows, max_size=rows))
    vectors = np.zeros((rows, 4), dtype=draw(st.sampled_from([np.float16, np.float32])))
    for row, (axis, length) in enumerate(zip(picked, lengths, strict=True)):
        if axis:
            vectors[row, abs(axis) - 1] = np.sign(axis) * length
    return vectors


@settings(deadline=None)
@given(st.data(), st.integers(1, 12), st.integers(1, 30), st.integers(1, 35), st.integers(1, 100))
def test_any_blocks_give_what_a_full_sort_gives(data, queries, candidates, count, cosines) -> None:
    """Ties included: the earlier candidate first, in both directions and whatever the blocks."""
    left, right = axes(data.draw, queries), axes(data.draw, candidates)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_COSINES", cosines)
        found = nearest(Rows(left), Rows(right), count)
        forward, backward = nearest_both_ways(Rows(left), Rows(right), count)
    np.testing.assert_array_equal(found.indices, one_by_one(left, right, count))
    np.testing.assert_array_equal(forward.indices, found.indices)
    np.testing.assert_array_equal(forward.cosines, found.cosines)
    np.testing.assert_array_equal(backward.indices, one_by_one(right, left, count))
    exact = np.take_along_axis(unit(left) @ unit(right).T, found.indices.astype(int), axis=1)
    np.testing.assert_array_equal(found.cosines, exact.astype(np.float32))


def test_picked_rows_are_searched_as_if_they_were_all() -> None:
    """Indices count among the picked rows."""
    vectors = np.eye(6, dtype=np.float32)
    picked = Rows(vectors, np.array([5, 1, 3]))
    found = nearest(Rows(vectors[[3, 5]]), picked, 1)
    assert found.indices.tolist() == [[2], [0]]
    assert found.cosines.tolist() == [[1.0], [1.0]]


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf, 1e30])
def test_what_has_no_direction_is_similar_to_nothing(bad) -> None:
    """Zero, not a number, infinite, too long to measure: the cosine is 0, without a warning."""
    odd = np.array([[bad, bad], [1, 1]], dtype=np.float32)
    found = nearest(Rows(odd), Rows(np.array([[2, 0], [-1, 0]], dtype=np.float32)), 2)
    assert found.indices.tolist() == [[0, 1], [0, 1]]
    assert found.cosines[0].tolist() == [0, 0]


@pytest.mark.parametrize(("queries", "candidates"), [(0, 3), (3, 0), (0, 0)])
def test_an_empty_side_has_no_neighbours(queries, candidates) -> None:
    """The tables are empty, with a row a query."""
    sides = Rows(np.ones((queries, 2), np.float32)), Rows(np.ones((candidates, 2), np.float32))
    forward, backward = nearest_both_ways(*sides, 4)
    assert forward.indices.shape == (queries, min(4, candidates))
    assert backward.indices.shape == (candidates, min(4, queries))


def test_a_file_much_larger_than_a_block_is_searched_exactly(tmp_path) -> None:
    """200,000 half-precision rows mapped from disk, against a full sort of their cosines."""
    chance = np.random.default_rng(0)
    file = np.memmap(tmp_path / "vectors", np.float16, mode="w+", shape=(200_000, 128))
    file[:] = chance.standard_normal(file.shape, dtype=np.float32)
    queries = chance.standard_normal((8, 128), dtype=np.float32)
    found = nearest(Rows(queries), Rows(file), 20)
    cosines = unit(queries).astype(np.float32) @ unit(file).astype(np.float32).T
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :20]
    best = np.take_along_axis(cosines, order, axis=1)
    np.testing.assert_allclose(found.cosines, best, atol=1e-6)
    # Beside a neighbour that rounding could swap with the next one, nothing may differ.
    clear = np.diff(best, axis=1, prepend=2) < -1e-6
    clear[:, :-1] &= clear[:, 1:]
    clear[:, -1] = False
    assert clear.mean() > 0.9
    assert (found.indices == order)[clear].all()


def test_working_memory_stays_below_its_ceiling(tmp_path) -> None:
    """At hidden size 1024 on a file of 160 MiB, picked rows and both directions included.

    Half of the rows are zero, so that ties are as many as they can be.
    """
    rows, hidden = 80_000, 1024
    file = np.memmap(tmp_path / "vectors", np.float16, mode="w+", shape=(rows, hidden))
    block = np.random.default_rng(0).standard_normal((500, hidden), dtype=np.float32)
    for begin in range(0, rows // 2, 500):
        file[begin : begin + 500] = block
    file.flush()
    queries = Rows(file[:4096])
    picked = Rows(file, np.arange(0, rows, 10))
    tracemalloc.start()
    found = nearest_both_ways(queries, picked, 20)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    result_bytes = sum(table.indices.nbytes + table.cosines.nbytes for table in found)
    assert file.nbytes > 2 * WORKING_BYTES
    assert peak_bytes - result_bytes < WORKING_BYTES
