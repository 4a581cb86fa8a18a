"""A small run with both modes, executed in this process and disturbed at a chosen moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import msgspec

from device_agent.contract import codec
from device_agent.contract.events import Event, RoundDone
from device_agent.contract.runspec import Performance, RunSpec
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.service.execution import execute
from device_agent.service.runs import RunFolder, Runs
from tests.agents import predictions
from tests.device_agent.service.retrieval_runs import bitext, write_run
from tests.signing import give_key

ROUNDS = 3
SAMPLES = 60


class SmallRun:
    """Is submitted at construction, and executed as often as a test likes.

    Args:
        state: The state folder; the tests' key is put there.
        modes: What is run.
    """

    def __init__(self, state: Path, *modes: str) -> None:
        plan = Performance(rounds=ROUNDS, attempts=ROUNDS, queries=12, warmup_queries=1)
        spec = write_run(state, {"de": bitext("de", 20, SAMPLES - 20)})
        self.spec: RunSpec = msgspec.structs.replace(
            spec,
            modes=modes or ("accuracy", "performance"),  # type: ignore[arg-type]
            performance=plan,
        )
        self.layout = Layout(PurePosixPath(state))
        give_key(state)
        self.submit()

    @property
    def folder(self) -> RunFolder:
        return Runs(self.layout).folder(self.spec.run_id)

    @property
    def state(self) -> str:
        return Runs(self.layout).status(self.folder).state

    def submit(self) -> None:
        """Submit it; once it has failed, again."""
        Runs(self.layout).submit(codec.encode(self.spec))

    def execute(
        self, progress: Callable[[], None] = lambda: None, stop: threading.Event | None = None
    ) -> None:
        """Do what the daemon does with it; `progress` is called between samples and turns."""
        execute(self.folder, self.layout, stop or threading.Event(), progress)

    def execute_until(self, samples: int) -> None:
        """Have the agent end once so many samples are done."""
        stop = threading.Event()

        def look() -> None:
            if self.samples_done() >= samples:
                stop.set()

        self.execute(look, stop)
        assert self.state == "running"

    def samples_done(self) -> int:
        with self.folder.read_journal() as journal:
            return journal.samples_done()

    def rounds_done(self) -> int:
        with self.folder.read_journal() as journal:
            return journal.rounds()[0]

    def events(self) -> list[Event]:
        with Journal(self.folder.journal, writable=False) as journal:
            return list(journal.all_events())

    def require_whole(self) -> None:
        """Check that it has finished with every sample and every round once."""
        assert self.state == "finished"
        events = self.events()
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        if "accuracy" in self.spec.modes:
            assert len(predictions(events)) == SAMPLES
        if "performance" in self.spec.modes:
            rounds = [e.body.round for e in events if isinstance(e.body, RoundDone)]
            assert rounds == list(range(len(rounds)))
            assert rounds
