"""What there is, beside the benchmark's own sizes."""

from __future__ import annotations

from host.data.counts import Counts
from host.data.official import extent


def _is_smaller(task: str, numbers: list[int], *, has_all: bool, is_cut: bool = False) -> bool:
    found = extent(
        task, [Counts(queries=n, pairs=n) for n in numbers], None, has_all=has_all, is_cut=is_cut
    )
    assert found is not None
    return found.is_smaller


def test_the_official_sizes_are_whole() -> None:
    """About as many are as many: a reader leaves out a question without an answer."""
    assert not _is_smaller("xnli", [5010] * 15, has_all=True)
    assert not _is_smaller("lareqa", [1180] * 11, has_all=True)


def test_fewer_than_the_smallest_language_has_are_too_few() -> None:
    """Whichever the language is."""
    assert _is_smaller("xnli", [5010, 99], has_all=False)


def test_the_largest_language_tells_where_it_must_be_there() -> None:
    """A hundred sentences may be all of one language, but not of every one."""
    assert _is_smaller("panx", [100] * 48, has_all=True)
    assert not _is_smaller("panx", [100], has_all=False)
    assert _is_smaller("panx", [100], has_all=False, is_cut=True)


def test_mining_is_told_by_its_gold_pairs() -> None:
    """Most sentences have no partner, and the benchmark's size is that of the pairs."""
    found = extent("bucc2018", [Counts(queries=500, pairs=100)], None, has_all=False)
    assert str(found) == "100 of about 1,896 to 14,330 gold pairs a language"


def test_a_task_without_any_language_has_nothing_to_compare() -> None:
    """That it is missing is told elsewhere."""
    assert extent("xnli", [], None, has_all=False) is None
