"""What retrieval looked among, in words, and whether it is all there is."""

from __future__ import annotations

import pytest

from device_agent.contract.events import Ranked
from device_agent.contract.runspec import Dataset
from host.analysis.score.pools import lookup_of


def dataset(task: str, language: str, *, pool: int, of: int, queries: int = 5) -> Dataset:
    return Dataset(
        task=task,
        language=language,
        split="test",
        inputs="0" * 64,
        gold=None,
        samples=pool + queries,
        queries=queries,
        available=queries,
        available_pool=of,
        seed=None,
    )


def ranked(task: str, pool: int, threshold: float | None = None) -> Ranked:
    return Ranked(
        variant="a",
        task=task,
        language="de",
        rankings={},
        credits={},
        rank_ns=1,
        pool=pool,
        precision="float32",
        threshold=threshold,
    )


def extent(own: list[Dataset], looked: Ranked) -> str:
    return lookup_of(own[0], looked, own).extent


@pytest.mark.parametrize(
    ("pool", "of", "expected"),
    [
        (1_000, 1_000, "among 1,000 candidates"),
        (400, 1_000, "among 400 of 1,000 candidates: not comparable with published scores"),
    ],
)
def test_a_pool_of_its_own(pool: int, of: int, expected: str) -> None:
    """Tatoeba looks among the foreign sentences of one language."""
    assert extent([dataset("tatoeba", "de", pool=pool, of=of)], ranked("tatoeba", pool)) == expected


def test_a_pool_of_all_languages_says_how_many_are_there() -> None:
    """Two of LAReQA's eleven make an easier task, though none of their candidates is left out."""
    own = [dataset("lareqa", language, pool=40, of=40) for language in ("de", "en")]
    assert extent(own, ranked("lareqa", 80)) == (
        "among 80 candidates, pool of 2 of 11 languages: not comparable with published scores"
    )


def test_a_users_small_pool_is_not_the_benchmarks() -> None:
    """All of a file of a thousand entities is still a thousandth of Mewsli-X's."""
    own = [
        dataset("mewslix", "de", pool=0, of=0),
        dataset("mewslix", "mul", pool=1_000, of=1_000, queries=0),
    ]
    assert extent(own, ranked("mewslix", 1_000)) == (
        "among 1,000 of 1,003,893 candidates: not comparable with published scores"
    )


def test_what_a_threshold_is_fitted_on_is_no_candidate() -> None:
    """BUCC's development set counts as pool in the spec, so how many there are is not told."""
    whole = [dataset("bucc2018", "de", pool=90, of=90)]
    assert extent(whole, ranked("bucc2018", 50, 1.05)) == "among 50 candidates"
    cut = [dataset("bucc2018", "de", pool=60, of=90)]
    assert extent(cut, ranked("bucc2018", 40, 1.05)) == (
        "among 40 candidates, fewer than the data has: not comparable with published scores"
    )
