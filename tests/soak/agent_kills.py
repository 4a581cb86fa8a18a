"""Kills the agent at random instants: while it starts, in either mode, and while it seals."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from device_agent.contract.runspec import TERMINAL_STATES
from device_agent.journal import Journal
from tests.agents import LocalAgent
from tests.soak.comparison import examine
from tests.soak.faults import RESUMED, STATED, Disturbed, Fault
from tests.soak.workload import Workload

STARTING = "agent killed while starting"
ACCURACY = "agent killed in accuracy mode"
PERFORMANCE = "agent killed in performance mode"
SEALING = "agent killed while sealing"
KINDS = (STARTING, ACCURACY, PERFORMANCE, SEALING)
# A seal may end before its kill; so many are begun for each kill that is wanted.
_SEALS = 2
_PATIENCE_S = 180.0
_LOOK_EVERY_S = 0.004


@dataclass(frozen=True)
class Place:
    """Where a run is."""

    seq: int
    samples: int
    ended: bool
    sealed: bool


class AgentKills:
    """Disturbs one run after another on one state folder.

    Args:
        agent: Has the workload's blobs.
        workload: What is run.
        chance: Where the instants come from.
    """

    def __init__(self, agent: LocalAgent, workload: Workload, chance: random.Random) -> None:
        self._agent = agent
        self._workload = workload
        self._chance = chance
        self._faults: list[Fault] = []

    def disturb(self, run_id: str, wanted: dict[str, int]) -> Disturbed:
        """Run the workload to its end, killing the agent so many times in each phase.

        A phase that is over before all of its kills gets fewer.
        """
        self._faults = []
        self._agent.stop()
        self._folder = self._agent.folder(self._agent.submit(self._workload.run(run_id)).run_id)
        for kind in self._order(wanted):
            self._attempt(kind)
        for _ in range(_SEALS * wanted.get(SEALING, 0)):
            if sum(fault.kind == SEALING for fault in self._faults) < wanted[SEALING]:
                self._unseal()
                self._attempt(SEALING)
        self._start()
        self._until(lambda place: place.sealed)
        while self._has_failed():
            self._agent.stop()
            self._start()
            self._until(lambda place: place.sealed)
        self._agent.stop()
        found = examine(self._folder.bundle, self._workload.run(run_id), self._workload.calm)
        return Disturbed(run_id, tuple(self._faults), found)

    def _order(self, wanted: dict[str, int]) -> list[str]:
        order = [kind for kind in (ACCURACY, PERFORMANCE) for _ in range(wanted.get(kind, 0))]
        for _ in range(wanted.get(STARTING, 0)):
            order.insert(self._chance.randrange(len(order) + 1), STARTING)
        return order

    def _attempt(self, kind: str) -> None:
        self._start()
        if self._reach(kind) and not self._place().sealed:
            self._kill(kind)
        else:
            self._agent.stop()
            self._note(self._place())

    def _unseal(self) -> None:
        """Take the bundle away where it came before the kill: it is sealed again."""
        if self._place().sealed and not self._has_failed():
            shutil.rmtree(self._folder.bundle)

    def _start(self) -> None:
        if self._place().sealed and self._has_failed():
            self._take_up_again()
        self._begin = self._place()
        self._agent.start()

    def _reach(self, kind: str) -> bool:
        """Wait for a random instant of the phase; False where the phase is over."""
        if kind == STARTING:
            time.sleep(self._chance.uniform(0.0, self._workload.start_s))
            return True
        begin, planned = self._begin.seq, len(self._workload.calm.predictions)
        if kind == ACCURACY:
            target = begin + 1 + self._chance.randint(1, 40)
            self._until(lambda p: p.seq >= target or p.samples == planned or p.ended)
            time.sleep(self._chance.uniform(0.0, 0.08))
            place = self._place()
            return place.samples < planned and not place.ended
        if kind == PERFORMANCE:
            self._until(lambda p: (p.seq > begin and p.samples == planned) or p.ended)
            until_s = time.monotonic() + self._chance.uniform(0.0, 1.5 * self._workload.round_s)
            self._until(lambda p: p.ended or time.monotonic() >= until_s)
            return not self._place().ended
        assert self._agent.process is not None
        beside = self._folder.path / f".bundle.{self._agent.process.pid}"
        self._until(lambda p: p.sealed or beside.exists())
        time.sleep(self._chance.uniform(0.0, self._workload.seal_s))
        return True

    def _kill(self, kind: str) -> None:
        self._agent.kill(signal.SIGKILL)
        if not (kind == SEALING and self._place().sealed):
            self._faults.append(Fault(kind, time.monotonic()))
            self._seq_at_fault = self._place().seq

    def _until(self, condition: Callable[[Place], bool]) -> None:
        """Wait, noting on the way what became of the faults."""
        deadline_s = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline_s:
            place = self._place()
            self._note(place)
            if condition(place):
                return
            assert self._agent.process is not None
            if self._agent.process.poll() is not None:
                raise AssertionError(f"the agent ended by itself at {place}")
            time.sleep(_LOOK_EVERY_S)
        raise AssertionError(f"{self._folder.path.name} stands still: {self._place()}")

    def _note(self, place: Place) -> None:
        waiting = [fault for fault in self._faults if fault.outcome is None]
        if waiting and (place.sealed or place.seq > self._seq_at_fault):
            outcome = STATED if place.ended and self._has_failed() else RESUMED
            for fault in waiting:
                fault.end(outcome, time.monotonic())

    def _has_failed(self) -> bool:
        return self._agent.runs.status(self._folder).state == "failed"

    def _take_up_again(self) -> None:
        """Submit a run again that has given up, with its reason, after too many deaths."""
        status = self._agent.runs.status(self._folder)
        if not status.reason or "at the same place" not in status.reason:
            raise AssertionError(f"{status.run_id} failed: {status.reason}")
        self._agent.submit(self._folder.read_spec())

    def _place(self) -> Place:
        with Journal(self._folder.journal, writable=False) as journal:
            return Place(
                seq=journal.last_seq(),
                samples=journal.samples_done(),
                ended=journal.state().state in TERMINAL_STATES,
                sealed=self._folder.is_sealed,
            )
