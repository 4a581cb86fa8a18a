"""Performance mode alone, run in this process over a model that is made in milliseconds."""

from __future__ import annotations

import threading
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from device_agent.contract.events import Body
from device_agent.contract.runspec import Performance, RunSpec
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.service.interrupt import Interrupt
from device_agent.service.performance import PerformanceMode
from device_agent.service.sessions import Sessions
from device_agent.store import Store
from device_agent.telemetry.sampler import Sampler
from tests.device_agent.service.retrieval_runs import bitext, write_run

PLAN = Performance(rounds=1, attempts=1, queries=6, warmup_queries=1)
"""One round, without anything beside it."""


def two_variants(state: Path, plan: Performance, runtime: str = "null") -> RunSpec:
    """Write what a run of two variants and a control needs and return its spec."""
    spec = write_run(state, {"de": bitext("de", 3, 4)}, runtime=runtime)
    (one,) = spec.variants
    return msgspec.structs.replace(
        spec,
        modes=("performance",),
        performance=plan,
        variants=(
            one,
            msgspec.structs.replace(one, name="b"),
            msgspec.structs.replace(one, name="c", control_of="a"),
        ),
    )


def run_performance(
    spec: RunSpec,
    state: Path,
    *,
    root: Path = Path("/"),
    stop: threading.Event | None = None,
    **sessions: Any,
) -> list[Body]:
    """Run what the journal in the state folder does not have yet; return all of its bodies.

    Args:
        spec: What to run.
        state: Has the blobs.
        root: Where the board's sensors are.
        stop: Ends it once set, as the agent's end does.
        sessions: Attributes to set on the sessions, such as a budget.
    """
    assert spec.performance is not None
    store = Store(Layout(PurePosixPath(state)))
    with Journal(state / "journal", writable=True) as journal:
        opened = Sessions(store, journal, spec.runtime)
        for name, value in sessions.items():
            setattr(opened, name, value)
        PerformanceMode(
            spec,
            spec.performance,
            store=store,
            journal=journal,
            sessions=opened,
            sampler=Sampler(root),
            interrupt=Interrupt(state / "cancel", stop or threading.Event()),
        ).run()
        return [event.body for event in journal.all_events()]


def bodies(found: list[Body], kind: type[Any]) -> list[Any]:
    """Return those of one kind."""
    return [body for body in found if isinstance(body, kind)]
