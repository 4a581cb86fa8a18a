"""Where vectors lie: one row a sentence, each side of the datasets one slice."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.samples import Sample
from device_agent.service.arrangement import Arrangement, Side
from tests.device_agent.service.retrieval_runs import sentence

kinds = st.lists(st.tuples(st.sampled_from("qc"), st.booleans()), max_size=12)


def sentences(language: str, kinds: list[tuple[str, bool]]) -> list[Sample]:
    return [
        sentence(f"{role}{row}-{language}", "w1", tuning=tuning)
        for row, (role, tuning) in enumerate(kinds)
    ]


@given(st.lists(kinds, min_size=1, max_size=3))
def test_every_side_is_one_slice_in_reading_order(kinds: list[list[tuple[str, bool]]]) -> None:
    """Each sample has a row of its own, and a side's vectors are those of its ids, in order."""
    datasets = {f"l{i}": sentences(f"l{i}", some) for i, some in enumerate(kinds)}
    rows = Arrangement(datasets)
    placed = {
        sample.id: row
        for language, samples in datasets.items()
        for row, sample in rows.place(language, samples)
    }
    assert sorted(placed.values()) == list(range(rows.count))
    vectors = np.arange(rows.count, dtype=np.float32)[:, None]
    for side in Side:
        for languages in ([*datasets], *([language] for language in datasets)):
            found = rows.embedded(side, languages, vectors)
            assert found.vectors[:, 0].tolist() == [placed[id_] for id_ in found.ids]
    everyone = rows.embedded(Side.CANDIDATE, [*datasets], vectors).ids
    assert everyone == [
        s.id
        for samples in datasets.values()
        for s in samples
        if s.id.startswith("c") and not s.input.tuning  # type: ignore[union-attr]
    ]


def test_a_slice_is_no_copy() -> None:
    """A pool of a million rows stays where it is mapped from."""
    rows = Arrangement({"de": sentences("de", [("c", False), ("q", False)])})
    vectors = np.zeros((2, 3), dtype=np.float16)
    assert rows.embedded(Side.CANDIDATE, ["de"], vectors).vectors.base is vectors


def test_twins_are_counted_within_the_pool() -> None:
    """In a pool over languages a twin's row is its row in the pool, and its first one's id."""
    rows = Arrangement(
        {
            "de": sentences("de", [("c", False)] * 2),
            "fi": [sentence("c0", "w1", same_as="c0"), sentence("c1", "w1", same_as="c0")],
        }
    )
    found = rows.embedded(Side.CANDIDATE, ["de", "fi"], np.zeros((4, 1), dtype=np.float32))
    assert found.same_as == {2: "c0", 3: "c0"}
