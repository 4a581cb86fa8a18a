"""What comes over the stream while nothing happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.events import StateChanged
from device_agent.contract.status import SignOfLife
from device_agent.journal import Journal
from device_agent.service import streaming
from device_agent.service.streaming import stream_events
from tests.device_agent.service.small_runs import submit


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life without waiting."""
    monkeypatch.setattr(streaming, "_HEARTBEAT_S", 0.0)
    monkeypatch.setattr(streaming, "_POLL_S", 0.0)


def test_a_waiting_run_tells_how_many_are_before_it(tmp_path: Path) -> None:
    """The count is taken anew for each sign of life."""
    (folder,) = submit(tmp_path, "run")
    counts = iter([2, 1])
    with folder.read_journal() as journal:
        lines = stream_events(
            journal, 1, follow=True, serving=lambda: True, ahead=lambda: next(counts)
        )
        assert [next(lines), next(lines)] == [SignOfLife(ahead=2), SignOfLife(ahead=1)]


def test_a_run_at_work_is_only_alive(tmp_path: Path) -> None:
    """Nobody counts runs while one is measured."""
    (folder,) = submit(tmp_path, "run")
    with Journal(folder.journal, writable=True) as journal:
        journal.append([StateChanged(state="running")])
        lines = stream_events(journal, 2, follow=True, serving=lambda: True)
        assert next(lines) == SignOfLife()
