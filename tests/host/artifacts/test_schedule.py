"""Which exports share a process, and which run at the same time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from export.footprint import Footprint
from host.artifacts.schedule import Batch, Room, Work, batches, next_batch

_GB = 1_000_000_000


def work(number: int, weights_bytes: int, memory_bytes: int = 2 * _GB) -> Work:
    return Work(number, Footprint(memory_bytes, weights_bytes, weights_bytes), weights_bytes)


def numbers(batch: Batch | None) -> list[int]:
    return [] if batch is None else sorted(one.number for one in batch.work)


def test_small_exports_share_one_process() -> None:
    """Ten encoders of some megabytes are done before a second process has imported torch."""
    (only,) = batches([work(number, 2_000_000) for number in range(10)])
    assert numbers(only) == list(range(10))


def test_large_exports_have_a_process_each() -> None:
    """A small one among them goes with another: the longest first."""
    found = batches([work(0, 2_000_000), work(1, 1 * _GB), work(2, 2 * _GB)])
    assert [numbers(batch) for batch in found] in ([[2], [0, 1]], [[2], [0], [1]])
    assert numbers(found[0]) == [2]


@given(st.lists(st.integers(0, 3 * _GB), max_size=30))
def test_every_job_is_in_one_batch_which_is_worth_while(sizes: list[int]) -> None:
    """None is lost or done twice; only a single batch may be short."""
    found = batches([work(number, size) for number, size in enumerate(sizes)])
    assert sorted(number for batch in found for number in numbers(batch)) == list(range(len(sizes)))
    assert len(found) < 2 or all(batch.seconds >= 15 for batch in found)
    assert [batch.seconds for batch in found] == sorted((b.seconds for b in found), reverse=True)


_BASE = [Batch((work(number, _GB),)) for number in range(4)]


def test_as_many_run_as_memory_allows() -> None:
    """Two exports of 2 GB in 5 GB, and a third one not."""
    room = Room(memory_bytes=5 * _GB, disk_bytes=99 * _GB, jobs=8)
    assert next_batch(_BASE[1:], _BASE[:1], room) is _BASE[1]
    assert next_batch(_BASE[2:], _BASE[:2], room) is None


def test_no_more_run_than_were_asked_for_or_than_the_disk_holds() -> None:
    """Whatever the memory is."""
    assert next_batch(_BASE[2:], _BASE[:2], Room(99 * _GB, 99 * _GB, 2)) is None
    assert next_batch(_BASE[2:], _BASE[:2], Room(99 * _GB, 5 * _GB, 9)) is None


def test_a_smaller_one_goes_before_one_that_does_not_fit() -> None:
    """Cores are not left idle for the order's sake."""
    large, small = Batch((work(0, _GB, 9 * _GB),)), Batch((work(1, _GB, _GB),))
    assert next_batch([large, small], _BASE[:1], Room(5 * _GB, 99 * _GB, 2)) is small


def test_what_never_fits_begins_alone() -> None:
    """It is refused there with its figures, unless it is up to date."""
    assert next_batch(_BASE, [], Room(1, 1, 1)) is _BASE[0]
    assert next_batch([], [], Room(1, 1, 1)) is None
