"""Accuracy mode's samples: what may run while a query is timed."""

from __future__ import annotations

import gc
import threading
from pathlib import Path, PurePosixPath

import pytest

from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.runtimes.null import NullSession
from device_agent.service.accuracy import AccuracyMode
from device_agent.service.interrupt import Interrupt
from device_agent.service.sessions import Sessions
from device_agent.store import Store
from device_agent.tasks.protocol import Outputs, Row
from tests.device_agent.service.retrieval_runs import bitext, write_run


def test_the_collector_rests_while_samples_are_timed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collection would be journalled as the query's time; it is on again afterwards."""
    collecting: list[bool] = []
    run = NullSession.run

    def watched(session: NullSession, row: Row) -> Outputs:
        collecting.append(gc.isenabled())
        return run(session, row)

    monkeypatch.setattr(NullSession, "run", watched)
    spec = write_run(tmp_path, {"de": bitext("de", 3, 4)}, runtime="null")
    store = Store(Layout(PurePosixPath(tmp_path)))
    with Journal(tmp_path / "journal", writable=True) as journal:
        AccuracyMode(
            spec,
            store,
            journal,
            Sessions(store, journal, spec.runtime),
            Interrupt(tmp_path / "cancel", threading.Event()),
            vectors=tmp_path / "vectors",
        ).run()
    assert collecting
    assert not any(collecting)
    assert gc.isenabled()
