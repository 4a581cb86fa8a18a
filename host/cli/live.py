"""Shows a run while it goes on: a live panel in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from rich.console import Console, Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from device_agent import tasks
from device_agent.contract.events import Event
from device_agent.contract.runspec import RunSpec
from device_agent.contract.status import SignOfLife
from host.cli.console import duration
from host.cli.live_display import LiveDisplay
from host.runs.narration import Narrator
from host.runs.progress import Progress, Snapshot

_PLAIN_EVERY_S = 5.0
_ALIVE_EVERY_S = 60.0
_REFRESH_PER_S = 8


class RunView(LiveDisplay):
    """A context manager that shows events as they come; all of it on standard error.

    Args:
        spec: The run.
        device: The device's name.
        quiet: Show nothing.
    """

    def __init__(self, spec: RunSpec, device: str, *, quiet: bool = False) -> None:
        self._title = f"{spec.run_id} on {device}"
        self._progress = Progress(spec)
        self._narrator = Narrator(spec)
        console = Console(stderr=True, quiet=quiet, highlight=False)
        super().__init__(console, refresh_per_second=_REFRESH_PER_S)
        self._spoke_s = 0.0
        self._drawn_s = 0.0
        self._alive = ""

    def watch(self, events: Iterable[Event]) -> Iterator[Event]:
        """Show the events that pass through."""
        for event in events:
            self._progress.add(event)
            self._alive = ""
            text = self._narrator.tell(event)
            if text is not None:
                self._console.print(Text(f"  {text}"), soft_wrap=True)
            self._draw()
            yield event

    def alive(self, sign: SignOfLife) -> None:
        """Show that the device is there although nothing happens: what it waits for."""
        text = alive_text(self._progress.snapshot().phase, sign)
        if self._live is not None:
            self._live.update(Group(_panel(self._title, self._progress.snapshot()), Text(text)))
        elif text != self._alive or time.monotonic() - self._spoke_s > _ALIVE_EVERY_S:
            self._spoke_s = time.monotonic()
            self._console.print(Text(f"  {text}"), soft_wrap=True)
        self._alive = text

    def say(self, text: str) -> None:
        """Show a line that no event told."""
        self._console.print(Text(text), soft_wrap=True)

    def _draw(self) -> None:
        now_s = time.monotonic()
        if self._live is not None:
            if now_s - self._drawn_s > 1 / _REFRESH_PER_S:
                self._drawn_s = now_s
                self._live.update(_panel(self._title, self._progress.snapshot()))
        elif now_s - self._spoke_s > _PLAIN_EVERY_S:
            now = self._progress.snapshot()
            if now.task is not None or now.phase == "performance":
                self._spoke_s = now_s
                self._console.print(Text(progress_line(now)), soft_wrap=True)


def alive_text(phase: str, sign: SignOfLife) -> str:
    """Return what to tell while no event comes."""
    if sign.ahead is None:
        return f"{phase}: the device is at work on it; no news in the last seconds"
    if sign.ahead == 0:
        return "waiting: no run is before it; the agent takes it up next"
    return f"waiting: {sign.ahead} run{'s' if sign.ahead > 1 else ''} before it on the device"


def _panel(title: str, now: Snapshot) -> Group:
    bars = Table.grid(padding=(0, 1))
    bars.add_column(width=9)
    bars.add_column(width=36)
    bars.add_column()
    if now.total:
        bars.add_row(
            "accuracy",
            ProgressBar(total=now.total, completed=now.done, width=36),
            f"{now.done}/{now.total} samples",
        )
    if now.rounds_wanted:
        bars.add_row(
            "rounds",
            ProgressBar(total=now.rounds_wanted, completed=now.rounds_valid, width=36),
            f"{now.rounds_valid}/{now.rounds_wanted} valid{_lost(now)}",
        )
    return Group(Text(title, style="bold"), bars, Text(progress_line(now)))


def _lost(now: Snapshot) -> str:
    """Return how many rounds did not count, and how many are tried before the run gives up."""
    if not now.rounds_invalid:
        return ""
    return f", {now.rounds_invalid} invalid, {now.rounds_at_most} tried at most"


def progress_line(now: Snapshot) -> str:
    """Return where the run is, as a line."""
    parts = [now.phase]
    if now.phase == "accuracy" and now.task:
        pool = " (only looked among)" if now.is_pool else ""
        parts.append(
            f"{now.variant} {now.task} {now.language}{pool} "
            f"{now.language_done}/{now.language_total}"
        )
        if now.credit_percent is not None:
            parts.append(f"{_credit_name(now.task)} so far {now.credit_percent:.1f} %")
        if now.p50_ms is not None:
            p90 = f"{now.p90_ms:.2f} ms" if now.p90_ms is not None else "needs 64 queries"
            parts.append(f"p50 {now.p50_ms:.2f} ms, p90 {p90}")
        parts.append(f"{now.done}/{now.total} samples")
    elif now.phase == "performance":
        parts.append(f"{now.rounds_valid} of {now.rounds_wanted} rounds valid{_lost(now)}")
    if now.left_s is not None:
        parts.append(f"{duration(now.left_s)} left")
    return " · ".join(parts)


def _credit_name(name: str) -> str:
    """Say what the mean credit of a task's samples is: not always what its average is of."""
    task = tasks.get(name)
    if task.primary != "f1":
        return task.primary
    return "F1" if task.head.name == "question-answering" else "share right"
