"""Folds the news of one device into what is shown of it; pure, so that it is tested as data."""

from __future__ import annotations

from collections.abc import Callable

from device_agent.contract.runspec import TERMINAL_STATES
from device_agent.contract.status import AgentStatus, RunStatus
from host.inventory import Device
from host.watch import news
from host.watch.printable import printable
from host.watch.run_fold import Clock, RunFold
from host.watch.sensing import EVERY_S, Reading
from host.watch.state import DeviceState, Link, LiveRun, OtherRun, Readings

SILENT_AFTER_S = 4 * EVERY_S
"""Four readings that did not come."""
_OTHERS_SHOWN = 8


class DeviceFold:
    """One device.

    Args:
        device: Its entry.
        has_report: Says of a run whether a report of it lies here.
        run_id: A run that is followed even where it has ended.
    """

    def __init__(
        self,
        device: Device,
        has_report: Callable[[str], bool] = lambda _: False,
        *,
        run_id: str | None = None,
    ) -> None:
        self._device = device
        self._run_id = run_id
        self._has_report = has_report
        self._link: Link = "connecting"
        self._why: tuple[str, str] | None = None
        self._heard_s: float | None = None
        self._status: AgentStatus | None = None
        self._reading: Reading | None = None
        self._no_readings: str | None = None
        self._clock: Clock | None = None
        self._runs: dict[str, RunFold] = {}

    def add(self, word: news.News, at_s: float) -> None:
        """Take in a word that came at `at_s` of our monotonic clock."""
        if isinstance(word, news.Disconnected):
            self._link = "refused" if word.is_final else "lost"
            self._why = (printable(word.reason), printable(word.remedy))
            return
        if not isinstance(word, (news.NoReadings, news.Followed, news.Unfollowed)):
            self._link, self._heard_s = "connected", at_s
        if isinstance(word, news.Connected):
            self._why = None
        elif isinstance(word, news.AgentAbsent):
            self._why, self._status = (printable(word.reason), printable(word.remedy)), None
        elif isinstance(word, news.StatusCame):
            self._status, self._why = word.status, None
            told = {run.run_id: run for run in word.status.runs}
            # One that was removed there would stand here as under way for ever.
            self._runs = {name: fold for name, fold in self._runs.items() if name in told}
            for name, fold in self._runs.items():
                fold.status(told[name])
        elif isinstance(word, news.ReadingCame):
            reading = self._reading = word.reading
            self._no_readings = None
            self._clock = Clock(reading.boot_id, reading.monotonic_ns, at_s)
        elif isinstance(word, news.NoReadings):
            self._reading, self._no_readings = None, printable(word.reason)
        else:
            self._of_run(word, at_s)

    def _of_run(
        self, word: news.Followed | news.EventCame | news.LifeCame | news.Unfollowed, at_s: float
    ) -> None:
        if isinstance(word, news.Followed):
            fold = self._runs.setdefault(word.run_id, RunFold(word.run_id, word.spec))
            fold.note = None
            for run in self._status.runs if self._status else ():
                if run.run_id == word.run_id:
                    fold.status(run)
            return
        fold = self._runs.setdefault(word.run_id, RunFold(word.run_id, None))
        if isinstance(word, news.EventCame):
            fold.add(word.event, at_s)
        elif isinstance(word, news.LifeCame):
            fold.life(word.sign)
        else:
            fold.note = printable(word.reason)

    def view(self, now_s: float) -> DeviceState:
        """Return what is shown of the device at a moment of our monotonic clock."""
        heard_age_s = None if self._heard_s is None else max(now_s - self._heard_s, 0.0)
        link = self._link
        if link == "connected" and heard_age_s is not None and heard_age_s > SILENT_AFTER_S:
            link = "silent"
        reason, remedy = self._why or (None, None)
        status = self._status
        live = self._live(now_s)
        return DeviceState(
            name=self._device.name,
            address=self._device.address,
            link=link,
            link_reason=reason,
            remedy=remedy,
            heard_age_s=heard_age_s,
            board=printable(self._reading.board) if self._reading else self._device.board,
            agent_version=printable(status.agent_version) if status else None,
            release=printable(status.release) if status else None,
            serving=status.serving if status else None,
            readings=_readings(self._reading) if self._reading else None,
            no_readings=self._no_readings,
            live=live,
            others=self._others({run.run_id for run in live}),
        )

    def is_settled(self, now_s: float) -> bool:
        """Say whether a first look has seen all that there is to see now."""
        if self._link in ("lost", "refused"):
            return True
        if self._status is None:
            return self._why is not None
        if self._reading is None and self._no_readings is None:
            return False
        followed = [
            run.run_id
            for run in self._status.runs
            if run.run_id == self._run_id
            or (self._run_id is None and run.state == "running" and self._status.serving)
        ]
        return all(
            run_id in self._runs and self._runs[run_id].view(now_s).is_current
            for run_id in followed
        )

    def _live(self, now_s: float) -> tuple[LiveRun, ...]:
        """Return the runs under way, else the latest that was followed."""
        folds = [fold for fold in self._runs.values() if not fold.is_over]
        shown = folds or list(self._runs.values())[-1:]
        return tuple(fold.view(now_s, self._clock) for fold in shown)

    def _others(self, live: set[str]) -> tuple[OtherRun, ...]:
        told = self._status.runs if self._status else ()
        runs = [run for run in told if run.run_id not in live]
        waiting = [run for run in runs if run.state not in TERMINAL_STATES]
        ended = [run for run in runs if run.state in TERMINAL_STATES]
        room = max(_OTHERS_SHOWN - len(waiting), 1)
        return tuple(self._other(run) for run in [*waiting, *reversed(ended[-room:])])

    def _other(self, run: RunStatus) -> OtherRun:
        return OtherRun(
            run_id=run.run_id,
            state=run.state,
            reason=printable(run.reason),
            samples_done=run.samples_done,
            samples_planned=run.samples_planned,
            rounds_done=run.rounds_done,
            rounds_planned=run.rounds_planned,
            has_report=self._has_report(run.run_id),
        )


def _readings(reading: Reading) -> Readings:
    ratio, allowed = reading.clock_ratio, reading.allowed_khz
    return Readings(
        temperature_celsius=reading.temperature_celsius,
        clock_ratio=ratio,
        clock_khz=None if ratio is None or allowed is None else round(ratio * allowed),
        throttled=reading.throttled,
        limits_now=_names(reading.limits_now),
        limits_since_boot=_names(reading.limits_since_boot),
        supply_is_low=reading.supply_is_low,
        available_memory_bytes=reading.available_memory_bytes,
        memory_bytes=reading.memory_bytes,
        load_1min=reading.load_1min,
    )


def _names(limits: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if limits is None else tuple(printable(name) for name in limits)
