"""The draw of queries and the order of variants: seeded, fair, endless."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.samples import PairInput, Sample
from device_agent.measure.rounds import draw, orders


def samples(count: int) -> list[Sample]:
    return [Sample(id=str(i), input=PairInput(first="a", second="b")) for i in range(count)]


@given(st.integers(1, 6), st.integers(0, 99))
def test_every_variant_stands_in_every_place_equally_often(variants: int, seed: int) -> None:
    """Over a whole cycle each variant takes each position the same number of times."""
    names = [f"v{i}" for i in range(variants)]
    cycle = list(islice(orders(names, seed), 2 * variants))
    for position in range(variants):
        assert set(Counter(order[position] for order in cycle).values()) == {2}


def test_the_order_is_seeded() -> None:
    """One seed, one order; another seed, another order."""
    names = list("abcdef")
    assert list(islice(orders(names, 1), 40)) == list(islice(orders(names, 1), 40))
    assert list(islice(orders(names, 1), 40)) != list(islice(orders(names, 2), 40))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(1, 12), st.integers(0, 9))
def test_datasets_take_turns_and_no_sample_repeats_before_all_were_run(
    sizes: list[int], queries: int, seed: int
) -> None:
    """After many rounds each dataset had its share, and each of its samples too."""
    datasets = [("xnli", f"l{i}", samples(size)) for i, size in enumerate(sizes)]
    rounds = list(islice(draw(datasets, queries, seed), 20))
    assert all(len(chosen) == queries for chosen in rounds)
    drawn = [query for chosen in rounds for query in chosen]
    languages = Counter(query.language for query in drawn)
    counts = [languages[f"l{i}"] for i in range(len(sizes))]
    assert max(counts) - min(counts) <= 1
    for language in languages:
        ids = Counter(q.sample.id for q in drawn if q.language == language)
        size = sizes[int(language[1:])]
        times = [ids[str(i)] for i in range(size)]
        assert max(times) - min(times) <= 1


class Counted:
    """Samples that know which rows were read."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.read: list[int] = []

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, row: int) -> Sample:
        self.read.append(row)
        return Sample(id=str(row), input=PairInput(first="a", second="b"))


def test_only_what_is_drawn_is_read() -> None:
    """Of a large dataset a round reads its own queries, not the others."""
    large = Counted(1_000)
    (drawn,) = islice(draw([("xnli", "de", large)], 5, 1), 1)
    assert [str(row) for row in large.read] == [query.sample.id for query in drawn]


def test_a_resumed_run_draws_the_same_rounds() -> None:
    """Skipping the rounds already done gives the rounds that would have followed."""
    datasets = [("xnli", "de", samples(7)), ("xnli", "en", samples(5))]
    whole = list(islice(draw(datasets, 4, 3), 10))
    assert list(islice(draw(datasets, 4, 3), 6, 10)) == whole[6:]


def test_parallel_datasets_run_the_same_rows_in_a_round() -> None:
    """What a round is like is then in both halves of a pair of sentences, and cancels out."""
    datasets = [("xnli", language, samples(30)) for language in ("de", "en", "th")]
    for chosen in islice(draw(datasets, 9, 5), 10):
        rows = {
            language: {q.sample.id for q in chosen if q.language == language}
            for language in ("de", "en", "th")
        }
        assert rows["de"] == rows["en"] == rows["th"]


def test_tasks_are_drawn_apart() -> None:
    """Only rows of one task can be parallel; another task has its own order."""
    datasets = [("xnli", "de", samples(50)), ("xquad", "de", samples(50))]
    (chosen,) = islice(draw(datasets, 40, 5), 1)
    by_task = [[q.sample.id for q in chosen if q.task == task] for task in ("xnli", "xquad")]
    assert by_task[0] != by_task[1]
