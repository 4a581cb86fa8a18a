"""The page in a real browser: it follows the devices, at any width, and says when it is alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from host.runs.record import RunRecords
from host.watch import news
from host.watch.server import LiveServer
from host.watch.watcher import Watcher
from tests.host.watch.chromium import Tab, opened
from tests.host.watch.made import DEVICE, reading, small_run, words_of

RUN = small_run()
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with opened(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


def until(tab: Tab, script: str) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not tab.evaluate(script):
        assert time.monotonic() < deadline_s, tab.evaluate("document.body.innerText")
        time.sleep(0.1)


def has(text: str) -> str:
    return f"document.body.innerText.includes({text!r})"


@pytest.mark.slow
def test_the_page_follows_the_devices(tab: Tab, tmp_path: Path) -> None:
    """What comes after it was loaded stands in it; once the server is gone, it says so."""
    records = RunRecords(tmp_path / "records")
    watcher = Watcher([DEVICE], records=records)
    server = LiveServer(watcher, records=records)
    server.start()
    try:
        tab.call("Page.navigate", url=server.access.ticket_url())
        until(tab, has("updated as things happen"))
        for word in words_of(RUN, 30):
            watcher.tell("pi5", word)
        until(tab, has(RUN.spec.run_id))
        for width in (390, 1280):
            tab.call(
                "Emulation.setDeviceMetricsOverride",
                width=width,
                height=844,
                deviceScaleFactor=1,
                mobile=width < 500,
            )
            watcher.tell("pi5", news.ReadingCame(reading(temperature_celsius=float(width % 90))))
            until(tab, has(f"{width % 90} °C"))
            assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        watcher.tell("pi5", news.Disconnected("pi5: the cable is out.", "Put it in."))
        until(tab, has("pi5: the cable is out."))
        assert tab.told == []
    finally:
        server.stop()
    until(tab, has("No word from host open for"))
    assert tab.evaluate("document.body.classList.contains('stale')")
