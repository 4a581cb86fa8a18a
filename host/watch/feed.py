"""Follows one device for as long as it is watched: connects, asks, listens, connects again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.events import Event
from device_agent.contract.runspec import RunSpec
from device_agent.contract.status import AgentStatus, RunStatus
from device_agent.layout import Layout
from device_agent.os_failure import explain
from host.agent import Agent, AgentError
from host.deploy.place import layout_of
from host.inventory import Device
from host.runs.follow import follow
from host.runs.record import RunRecord, RunRecords
from host.runs.start import read_spec
from host.transport.connect import connect
from host.transport.session import CommandFailed, HostKeyError, Session, TransportError
from host.watch import news
from host.watch.sensing import readings

BUSY_EVERY_S = 30.0
"""Between two statuses while a run is under way: each is a Python that starts on the device."""
IDLE_EVERY_S = 3.0
_LEAST_S = 1.0
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 15.0
_NO_PATIENCE_S = 0.0
# No run is called so.
_SENSORS = "<sensors>"

Tell = Callable[[news.News], None]


class DeviceFeed:
    """Tells the news of one device, from threads of its own; nothing it meets ends it.

    Args:
        device: Its entry.
        tell: Takes the news.
        run_id: A run to follow even where it has ended; None follows those under way.
        records: Of the runs that were started from here; None is beside the inventory.
    """

    def __init__(
        self,
        device: Device,
        tell: Tell,
        *,
        run_id: str | None = None,
        records: RunRecords | None = None,
    ) -> None:
        self._device = device
        self._tell = tell
        self._run_id = run_id
        self._records = records or RunRecords()
        self._ended = threading.Event()
        self._wake = threading.Event()
        self._at_work: dict[str, threading.Thread] = {}
        self._seqs: dict[str, int] = {}
        self._open: set[str] = set()
        self._done: set[str] = set()

    def start(self) -> None:
        """Begin, in a thread that does not keep the process alive."""
        threading.Thread(target=self.run, name=f"watch {self._device.name}", daemon=True).start()

    def stop(self) -> None:
        """End as soon as what is under way returns; runs go on."""
        self._ended.set()
        self._wake.set()

    def run(self) -> None:
        """Connect again and again until `stop`."""
        wait_s = _FIRST_WAIT_S
        while not self._ended.is_set():
            try:
                self._visit()
            except HostKeyError as error:
                self._tell(news.Disconnected(error.message, error.remedy, is_final=True))
                return
            except XtremeEdgeError as error:
                self._tell(news.Disconnected(error.message, error.remedy))
                was_there = bool(self._at_work)
            except OSError as error:
                told = explain(error, "here")
                self._tell(news.Disconnected(told.message, told.remedy))
                was_there = bool(self._at_work)
            else:
                return
            wait_s = _FIRST_WAIT_S if was_there else min(wait_s * 2, _LONGEST_WAIT_S)
            for thread in self._at_work.values():
                # Two that follow one run would both want to write the host's copy of its events.
                thread.join(_LONGEST_WAIT_S)
            self._at_work.clear()
            self._ended.wait(wait_s)

    def _visit(self) -> None:
        """Stay on one connection until `stop`; raises when it breaks."""
        with connect(self._device) as session:
            self._tell(news.Connected())
            layout = layout_of(session, self._device)
            agent = Agent(session, layout, self._device.name)
            while not self._ended.is_set():
                self._wake.clear()
                every_s = self._look(session, layout, agent)
                self._ended.wait(_LEAST_S)
                self._wake.wait(every_s - _LEAST_S)

    def _look(self, session: Session, layout: Layout, agent: Agent) -> float:
        """Ask for the status, follow what is under way, and return how long to wait."""
        try:
            status = agent.status()
        except AgentError as error:
            self._tell(news.AgentAbsent(error.message, error.remedy))
            return IDLE_EVERY_S
        self._tell(news.StatusCame(status))
        if _SENSORS not in self._done:
            self._begin(_SENSORS, partial(self._sense, session, layout))
        for run in self._wanted(status):
            self._begin(run.run_id, partial(self._follow, agent, run))
        is_busy = any(run.state == "running" for run in status.runs)
        return BUSY_EVERY_S if is_busy else IDLE_EVERY_S

    def _wanted(self, status: AgentStatus) -> list[RunStatus]:
        if self._run_id is not None:
            wanted = {self._run_id} - self._done
        else:
            # One that has ended while there was no connection still has its last events to tell.
            running = {run.run_id for run in status.runs if run.state == "running"}
            wanted = self._open | (running if status.serving else set())
        return [run for run in status.runs if run.run_id in wanted]

    def _begin(self, name: str, work: Callable[[], None]) -> None:
        """Do it in a thread, unless one does it already."""
        at_work = self._at_work.get(name)
        if at_work is not None and at_work.is_alive():
            return
        thread = threading.Thread(target=work, name=f"{self._device.name} {name}", daemon=True)
        self._at_work[name] = thread
        thread.start()

    def _sense(self, session: Session, layout: Layout) -> None:
        try:
            for reading in readings(session, layout, self._device.name, self._device.python):
                self._tell(news.ReadingCame(reading))
                if self._ended.is_set():
                    return
        except CommandFailed as error:
            said = error.stderr.strip().splitlines()
            self._tell(news.NoReadings(said[-1] if said else error.message))
            self._done.add(_SENSORS)
        except TransportError:
            # The status that is asked for next says what is wrong.
            self._wake.set()
        except XtremeEdgeError as error:
            self._tell(news.NoReadings(error.message))
            self._done.add(_SENSORS)

    def _follow(self, agent: Agent, run: RunStatus) -> None:
        record, spec = self._started_here(run.run_id)
        self._tell(news.Followed(run.run_id, spec))
        self._open.add(run.run_id)
        reason = None
        try:
            if record is None:
                self._follow_from_now(agent, run)
            else:
                self._follow_record(agent, record)
        except TransportError as error:
            reason = error.message
            self._wake.set()
        except XtremeEdgeError as error:
            reason = error.message
        except OSError as error:
            reason = explain(error, "here").message
        else:
            self._open.discard(run.run_id)
            self._done.add(run.run_id)
            self._wake.set()
        self._tell(news.Unfollowed(run.run_id, reason))

    def _follow_record(self, agent: Agent, record: RunRecord) -> None:
        """Tell every event: those that this host has, then what comes."""
        run_id = record.run_id
        events = follow(
            lambda: nullcontext(agent),
            run_id,
            record.place.run(run_id) / "events.jsonl",
            # The connection is shared: `run` makes a new one.
            patience_s=_NO_PATIENCE_S,
            alive=lambda sign: self._tell(news.LifeCame(run_id, sign)),
        )
        for event in events:
            self._tell(news.EventCame(run_id, event))

    def _follow_from_now(self, agent: Agent, run: RunStatus) -> None:
        """Tell the events to come: to read all that were would be work for a device at work."""
        after = self._seqs.setdefault(run.run_id, run.seq)
        for line in agent.events(run.run_id, after):
            if isinstance(line, Event):
                self._seqs[run.run_id] = line.seq
                self._tell(news.EventCame(run.run_id, line))
            elif line is not None:
                self._tell(news.LifeCame(run.run_id, line))

    def _started_here(self, run_id: str) -> tuple[RunRecord | None, RunSpec | None]:
        try:
            record = self._records.find(run_id)
            return record, read_spec(record)
        except XtremeEdgeError:
            return None, None
