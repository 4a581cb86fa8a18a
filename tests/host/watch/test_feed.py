"""Which runs of a device are followed."""

from __future__ import annotations

from host.watch.feed import DeviceFeed
from tests.host.watch.made import DEVICE, run_status, status


def wanted(feed: DeviceFeed, *, serving: bool = True) -> list[str]:
    runs = (run_status("old", "finished"), run_status("now"), run_status("next", "queued"))
    return [run.run_id for run in feed._wanted(status(*runs, serving=serving))]


def test_what_runs_is_followed() -> None:
    """Where an agent serves: otherwise nothing would come."""
    feed = DeviceFeed(DEVICE, lambda _: None)
    assert wanted(feed) == ["now"]
    assert wanted(feed, serving=False) == []


def test_a_run_that_ended_out_of_sight_is_followed_to_its_end() -> None:
    """It was under way when the connection broke, and its last events are not here yet."""
    feed = DeviceFeed(DEVICE, lambda _: None)
    feed._open.add("old")
    assert wanted(feed) == ["old", "now"]


def test_a_run_that_was_asked_for_is_followed_alone() -> None:
    """Whatever its state, and once."""
    feed = DeviceFeed(DEVICE, lambda _: None, run_id="old")
    assert wanted(feed, serving=False) == ["old"]
    feed._done.add("old")
    assert wanted(feed) == []
