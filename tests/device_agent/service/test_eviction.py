"""Which runs and blobs go when room is short."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device_agent.service.eviction import StoredBlob, StoredRun, plan_eviction

DIGESTS = st.sampled_from([letter * 64 for letter in "abcdef"])
RUNS = st.lists(
    st.builds(
        StoredRun,
        run_id=st.uuids().map(str),
        size_bytes=st.integers(0, 50),
        needs=st.none() | st.frozensets(DIGESTS),
        collected=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda run: run.run_id,
)
BLOBS = st.lists(
    st.builds(StoredBlob, digest=DIGESTS, size_bytes=st.integers(0, 50), is_new=st.booleans()),
    max_size=6,
    unique_by=lambda blob: blob.digest,
)


def run(run_id: str, *needs: str, collected: bool = True) -> StoredRun:
    return StoredRun(run_id, 10, frozenset(needs), collected)


@given(RUNS, BLOBS, st.frozensets(DIGESTS), st.integers(0, 200))
def test_nothing_goes_that_anybody_may_want(
    runs: list[StoredRun], blobs: list[StoredBlob], named: frozenset[str], wanted: int
) -> None:
    """No uncollected run, and no blob that is new, is named, or is of a run that stays."""
    plan = plan_eviction(runs, blobs, named, wanted)
    assert all(gone.collected for gone in plan.runs)
    staying = [each for each in runs if each not in plan.runs]
    needed = named.union(*(each.needs or () for each in staying))
    assert all(blob.digest not in needed and not blob.is_new for blob in plan.blobs)
    assert not plan.blobs or all(each.needs is not None for each in staying)


@given(RUNS, BLOBS, st.frozensets(DIGESTS), st.integers(0, 200))
def test_no_more_goes_than_is_wanted(
    runs: list[StoredRun], blobs: list[StoredBlob], named: frozenset[str], wanted: int
) -> None:
    """Without the last thing that goes, there would be too little."""
    plan = plan_eviction(runs, blobs, named, wanted)
    last = [*plan.runs, *plan.blobs][-1:]
    assert all(plan.freed_bytes - item.size_bytes < wanted for item in last)


def test_the_oldest_collected_run_goes_first() -> None:
    """A run that nobody has collected is passed over, however old."""
    runs = [run("oldest", collected=False), run("old"), run("new")]
    assert [each.run_id for each in plan_eviction(runs, [], (), 5).runs] == ["old"]
    assert [each.run_id for each in plan_eviction(runs, [], (), 99).runs] == ["old", "new"]


def test_blobs_go_once_the_runs_that_named_them_are_gone() -> None:
    """Runs first: what they alone named is then nobody's."""
    blobs = [StoredBlob("a" * 64, 100, is_new=False), StoredBlob("b" * 64, 100, is_new=False)]
    runs = [run("done", "a" * 64), run("waits", "b" * 64, collected=False)]
    plan = plan_eviction(runs, blobs, (), 1000)
    assert [blob.digest[0] for blob in plan.blobs] == ["a"]


def test_a_run_that_cannot_be_read_keeps_every_blob() -> None:
    """Nobody knows what it needs."""
    damaged = StoredRun("damaged", 10, None, collected=False)
    assert plan_eviction([damaged], [StoredBlob("a" * 64, 9, is_new=False)], (), 9).blobs == ()
