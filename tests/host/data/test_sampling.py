"""Tests of drawing a subset."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.samples import PairInput, Sample, SentenceInput
from host.data.sampling import draw, draw_pool


def _pairs(language: str, count: int = 100) -> list[Sample]:
    return [
        Sample(id=f"{language}-{row}", input=PairInput(first="a", second="b"))
        for row in range(count)
    ]


def _drawn(language: str, limit: int, seed: int = 0) -> list[str]:
    return [sample.id for sample in draw(_pairs(language), limit, language=language, seed=seed)]


def test_a_draw_is_the_same_on_every_machine() -> None:
    """The ids are pinned: another outcome would make old runs irreproducible."""
    assert _drawn("de", 5) == ["de-15", "de-44", "de-46", "de-87", "de-99"]


def test_queries_with_gold_are_drawn_first() -> None:
    """Only they are scored: one among a hundred is in every draw, the rest as by hash alone."""
    samples = _pairs("de")
    samples[3] = Sample(id="de-3", input=samples[3].input, gold="neutral")
    drawn = [sample.id for sample in draw(samples, 5, language="de", seed=0)]
    assert "de-3" in drawn
    assert len(drawn) == 5
    assert set(drawn) - {"de-3"} < set(_drawn("de", 5))


def test_another_seed_draws_another_subset() -> None:
    """The seed is what decides."""
    assert _drawn("de", 10, seed=1) != _drawn("de", 10, seed=0)


def test_a_smaller_limit_draws_a_part_of_a_larger_one() -> None:
    """Raising the limit adds samples and takes none away."""
    assert set(_drawn("de", 10)) < set(_drawn("de", 20))


def test_parallel_rows_are_drawn_alike_in_every_language() -> None:
    """Latency per language compares only on the same sentences."""
    german = [id_.removeprefix("de-") for id_ in _drawn("de", 10)]
    assert german == [id_.removeprefix("sw-") for id_ in _drawn("sw", 10)]


def test_retrieval_keeps_every_candidate() -> None:
    """Fewer candidates would make the search easier, so only queries are drawn."""
    samples = [
        Sample(id=f"{role}-{row}", input=SentenceInput(role=role, text="x"))
        for role in ("query", "candidate")
        for row in range(9)
    ]
    kept = draw(samples, 3, language="de", seed=0)
    assert [sample.id for sample in kept[3:]] == [f"candidate-{row}" for row in range(9)]
    assert all(sample.id.startswith("query-") for sample in kept[:3])


@given(count=st.integers(0, 60), limit=st.integers(1, 80), seed=st.integers(0, 2**63 - 1))
def test_a_draw_has_the_size_and_the_order_that_were_asked_for(
    count: int, limit: int, seed: int
) -> None:
    """As many as there are, at most the limit, in reading order."""
    samples = _pairs("en", count)
    kept = draw(samples, limit, language="en", seed=seed)
    assert len(kept) == min(count, limit)
    assert kept == [sample for sample in samples if sample in kept]


def _retrieval(*, tuning: bool = False, prefix: str = "", rows: int = 20) -> list[Sample]:
    queries = [
        Sample(
            id=f"{prefix}q-{row}",
            input=SentenceInput(role="query", text="x", tuning=tuning),
            gold=(f"{prefix}c-{row}",),
        )
        for row in range(rows)
    ]
    candidates = [
        Sample(
            id=f"{prefix}c-{row}", input=SentenceInput(role="candidate", text="x", tuning=tuning)
        )
        for row in range(rows)
    ]
    return queries + candidates


def _ids(samples: list[Sample], beginning: str) -> set[str]:
    return {sample.id for sample in samples if sample.id.startswith(beginning)}


def test_candidates_are_drawn_around_the_gold() -> None:
    """A smaller pool has as many as were asked for, the right answers of the kept queries first."""
    kept = draw(_retrieval(), 3, language="de", seed=0, candidates=10)
    gold = {f"c-{id_.removeprefix('q-')}" for id_ in _ids(kept, "q-")}
    assert len(_ids(kept, "q-")) == 3
    assert len(_ids(kept, "c-")) == 10
    assert gold < _ids(kept, "c-")


def test_gold_is_kept_even_beyond_the_number_of_candidates() -> None:
    """A query whose answer is not there would be unanswerable."""
    kept = draw(_retrieval(), 5, language="de", seed=0, candidates=2)
    assert len(_ids(kept, "c-")) == 5


def test_gold_of_other_languages_is_kept() -> None:
    """One pool of several languages is looked up in from each of them."""
    wanted = {"c-0", "c-1", "c-2", "c-3", "elsewhere"}
    kept = draw(_retrieval(), 1, language="de", seed=0, candidates=5, wanted=wanted)
    assert wanted - {"elsewhere"} < _ids(kept, "c-")
    assert len(_ids(kept, "c-")) == 5


def test_what_is_tuned_on_is_cut_to_the_same_numbers() -> None:
    """Queries and candidates of the development set, apart from those that are scored."""
    samples = _retrieval() + _retrieval(tuning=True, prefix="dev-")
    kept = draw(samples, 4, language="de", seed=0, candidates=6)
    sizes = [len(_ids(kept, beginning)) for beginning in ("q-", "c-", "dev-q-", "dev-c-")]
    assert sizes == [4, 6, 4, 6]
    tuned_gold = {f"dev-c-{id_.removeprefix('dev-q-')}" for id_ in _ids(kept, "dev-q-")}
    assert tuned_gold < _ids(kept, "dev-c-")


def test_ids_with_the_language_behind_are_drawn_alike() -> None:
    """LAReQA's ids end in it, and its sentences begin with it and an underscore."""

    def queries(language: str) -> list[str]:
        samples = [
            Sample(id=f"{row}_{language}", input=SentenceInput(role="query", text="x"))
            for row in range(30)
        ] + [
            Sample(id=f"{language}_1_{row}", input=SentenceInput(role="candidate", text="x"))
            for row in range(30)
        ]
        kept = draw(samples, 5, language=language, seed=3, candidates=7)
        return [sample.id.replace(language, "") for sample in kept]

    assert queries("de") == queries("th")
    assert len(queries("de")) == 12


def test_sentences_of_the_same_text_name_the_first_that_was_kept() -> None:
    """Mining drops all but the first; where that is left out, the next takes its place."""
    samples = [
        Sample(id=f"q-{row}", input=SentenceInput(role="query", text="x", same_as="q-0"))
        for row in range(6)
    ]
    kept = draw(samples, 2, language="de", seed=0)
    assert [s.input.same_as for s in kept] == [kept[0].id] * 2  # type: ignore[union-attr]
    (alone,) = draw(samples, 1, language="de", seed=0)
    assert isinstance(alone.input, SentenceInput)
    assert alone.input.same_as is None
    assert draw(samples, None, language="de", seed=0) == samples


@given(
    limit=st.none() | st.integers(1, 30),
    candidates=st.none() | st.integers(1, 30),
    seed=st.integers(0, 2**32),
)
def test_a_draw_of_both_keeps_every_gold_candidate_and_the_order(
    limit: int | None, candidates: int | None, seed: int
) -> None:
    """Whatever the numbers, each kept query can be answered."""
    samples = _retrieval()
    kept = draw(samples, limit, language="de", seed=seed, candidates=candidates)
    queries = min(20, limit or 20)
    assert len(_ids(kept, "q-")) == queries
    assert len(_ids(kept, "c-")) == min(20, max(queries, candidates or 20))
    assert {s.gold[0] for s in kept if isinstance(s.gold, tuple)} <= _ids(kept, "c-")  # type: ignore[misc]
    assert kept == [sample for sample in samples if sample in kept]


def test_a_pool_is_drawn_as_candidates_are() -> None:
    """In one pass over what may be a stream: the gold first, then by rank."""
    pool = [sample for sample in _retrieval() if not sample.is_scored]
    wanted = {"c-3", "c-4", "elsewhere"}
    chosen = draw_pool(iter(pool), 8, language="mul", seed=0, wanted=wanted)
    kept = draw(pool, None, language="mul", seed=0, candidates=8, wanted=wanted)
    assert chosen == {sample.id for sample in kept}
    assert draw_pool(pool, 1, language="mul", seed=0, wanted=wanted) == {"c-3", "c-4"}
    assert draw_pool(pool, None, language="mul", seed=0, wanted=wanted) is None
