"""Which run the daemon takes up next, and what it makes of a folder that is damaged."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path, PurePosixPath

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.contract.events import StateChanged
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.service.queue import Queue, runs_before
from device_agent.service.runs import Runs
from tests.device_agent.service.small_runs import submit


def name_of(queue: Queue) -> str | None:
    found = queue.next()
    return None if found is None else found.path.name


def test_a_running_run_comes_before_the_oldest_that_waits(tmp_path: Path) -> None:
    """What was under way when the agent ended is taken up first."""
    _, later = submit(tmp_path, "first", "later")
    queue = Queue(Runs(Layout(PurePosixPath(tmp_path))))
    assert name_of(queue) == "first"
    with Journal(later.journal, writable=True) as journal:
        journal.append([StateChanged(state="running")])
    assert name_of(queue) == "later"


@pytest.mark.parametrize("part", ["spec", "journal"])
@pytest.mark.parametrize("content", [b"", b"\0" * 8192, b"{}", b"not a database" * 700, None])
def test_a_damaged_run_does_not_hold_up_the_queue(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, part: str, content: bytes | None
) -> None:
    """The one behind it is next; the damage is logged once, however often the queue is asked."""
    damaged, _ = submit(tmp_path, "damaged", "sound")
    path = damaged.spec if part == "spec" else damaged.journal
    path.unlink()
    path.mkdir() if content is None else path.write_bytes(content)
    now_s = [0.0]
    queue = Queue(Runs(Layout(PurePosixPath(tmp_path))), lambda: now_s[0])
    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            assert name_of(queue) == "sound"
            now_s[0] += 100.0
    assert len(caplog.records) == 1
    assert "damaged" in caplog.text


def test_a_run_that_could_not_be_read_for_a_moment_is_not_lost(tmp_path: Path) -> None:
    """What is set aside is looked at again later."""
    (folder,) = submit(tmp_path, "busy")
    now_s = [0.0]
    queue = Queue(Runs(Layout(PurePosixPath(tmp_path))), lambda: now_s[0])
    queue.set_aside(folder, DeviceError("database is locked", remedy="wait"))
    assert queue.next() is None
    now_s[0] += 100.0
    assert name_of(queue) == "busy"


def test_runs_before_counts_what_is_taken_up_first(tmp_path: Path) -> None:
    """Older ones that wait and whichever runs count; ended, damaged and later ones do not."""
    ended, damaged, _, mine, running, _ = submit(
        tmp_path, "ended", "damaged", "older", "mine", "running", "later"
    )
    for folder, state in ((ended, "cancelled"), (running, "running")):
        with Journal(folder.journal, writable=True) as journal:
            journal.append([StateChanged(state=state)])  # type: ignore[arg-type]
    damaged.spec.write_bytes(b"?")
    assert runs_before(Runs(Layout(PurePosixPath(tmp_path))), mine) == 2


def test_a_damaged_page_in_the_journal_is_damage(tmp_path: Path) -> None:
    """SQLite's own word for a broken file is understood, wherever it breaks."""
    from device_agent.service.damage import is_damage

    (folder,) = submit(tmp_path, "broken")
    with sqlite3.connect(folder.journal) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = folder.journal.read_bytes()
    folder.journal.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    with pytest.raises(DeviceError) as caught, folder.read_journal() as journal:
        journal.state()
    assert is_damage(caught.value)
