"""Performance mode: what it draws from."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec
import pytest

from device_agent.contract.errors import RunError
from device_agent.contract.events import RoundDone
from device_agent.contract.runspec import Performance
from device_agent.contract.samples import Sample
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.service.interrupt import Interrupt
from device_agent.service.performance import PerformanceMode
from device_agent.service.sessions import Sessions
from device_agent.store import Store
from device_agent.telemetry.sampler import Sampler
from tests.device_agent.service.retrieval_runs import bitext, sentence, write_run


def one_round(state: Path, datasets: Mapping[str, Sequence[Sample]]) -> RoundDone:
    """Run one round of twelve queries with the null runtime and return it, valid or not."""
    plan = Performance(rounds=1, attempts=1, queries=12, warmup_queries=1)
    spec = write_run(state, datasets, runtime="null")
    spec = msgspec.structs.replace(spec, modes=("performance",), performance=plan)
    store = Store(Layout(PurePosixPath(state)))
    with Journal(state / "journal", writable=True) as journal:
        PerformanceMode(
            spec,
            plan,
            store=store,
            journal=journal,
            sessions=Sessions(store, journal, spec.runtime),
            sampler=Sampler(Path("/")),
            interrupt=Interrupt(state / "cancel", threading.Event()),
        ).run()
        (done,) = [e.body for e in journal.all_events() if isinstance(e.body, RoundDone)]
    return done


def test_a_pool_without_queries_takes_no_turn(tmp_path: Path) -> None:
    """Languages take turns evenly; candidates that belong to none of them are not timed."""
    pool = [sentence(f"mul-{row}", "w1") for row in range(50)]
    done = one_round(tmp_path, {"de": bitext("de", 3, 4), "mul": pool, "fi": bitext("fi", 2, 5)})
    (block,) = done.blocks
    assert sorted(block.languages) == ["de"] * 6 + ["fi"] * 6


def test_pools_alone_are_nothing_to_run(tmp_path: Path) -> None:
    """Performance mode says so, rather than time what answers no question."""
    with pytest.raises(RunError, match="none of its 1 datasets has a query"):
        one_round(tmp_path, {"mul": [sentence("mul-0", "w1")]})
