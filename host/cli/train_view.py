"""Shows training while it goes on: a bar a phase in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from host.cli.console import duration
from host.cli.live_display import LiveDisplay

if TYPE_CHECKING:
    from host.training.estimate import Estimate
    from host.training.plan import PlannedPhase
    from host.training.work import Work
    from training.fit import Update

_REFRESH_PER_S = 4
_PLAIN_EVERY_S = 10.0
_BAR = 30


@dataclass
class _Now:
    """A phase that goes on.

    Attributes:
        first: Updates that were done when it began here.
        since_s: When it had done these.
    """

    title: str
    done: int = 0
    total: int = 0
    first: int = 0
    loss: float | None = None
    since_s: float = field(default_factory=time.monotonic)

    @property
    def left_s(self) -> float | None:
        """What it needs to its end at the pace so far; None before the first update."""
        made = self.done - self.first
        if made < 1:
            return None
        return (time.monotonic() - self.since_s) / made * (self.total - self.done)


class TrainView(LiveDisplay):
    """A context manager that is told how phases go on; all of it goes to standard error.

    Args:
        work: What is to be done.
        estimated: What it was said to take.
        jobs: Phases side by side.
        quiet: Show nothing.
    """

    def __init__(
        self, work: Work, estimated: Estimate | None, *, jobs: int = 1, quiet: bool = False
    ) -> None:
        self._numbers = {phase.key: n for n, phase in enumerate(work.pending, 1)}
        self._seconds = {k: e.seconds for k, e in estimated.phases.items()} if estimated else {}
        self._jobs = jobs
        self._now: dict[str, _Now] = {}
        self._over: set[str] = set()
        self._began_s = self._spoke_s = time.monotonic()
        super().__init__(
            Console(stderr=True, quiet=quiet, highlight=False),
            refresh_per_second=_REFRESH_PER_S,
            picture=self._picture,
        )

    def begin(self, phase: PlannedPhase) -> None:
        """Show that a phase begins."""
        self._now[phase.key] = _Now(phase.title)

    def update(self, phase: PlannedPhase, update: Update) -> None:
        """Show how far a phase is."""
        now = self._now[phase.key]
        if not now.total:
            now.first, now.since_s = update.done, time.monotonic()
            more = f", from update {update.done} on" if update.done else ""
            self._say(f"[{self._place(phase)}] {phase.title}: {update.total:,} updates{more}")
        now.done, now.total = update.done, update.total
        now.loss = now.loss if update.loss is None else update.loss
        if self._live is None and time.monotonic() - self._spoke_s > _PLAIN_EVERY_S:
            self._spoke_s = time.monotonic()
            self._say(f"  {now.title}: {_progress(now)}")

    def end(self, phase: PlannedPhase) -> None:
        """Show that a phase is done."""
        now = self._now.pop(phase.key)
        self._over.add(phase.key)
        loss = "" if now.loss is None else f", loss {now.loss:.3f}"
        took = duration(time.monotonic() - now.since_s)
        self._say(f"[{self._place(phase)}] {phase.title}: done in {took}{loss}")

    def _place(self, phase: PlannedPhase) -> str:
        return f"{self._numbers[phase.key]}/{len(self._numbers)}"

    def _say(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)

    def _picture(self) -> Group:
        bars = Table.grid(padding=(0, 2))
        for now in list(self._now.values()):
            bar = ProgressBar(total=now.total or 1, completed=now.done, width=_BAR)
            bars.add_row(f"  {now.title}", bar, _progress(now) if now.total else "starting")
        parts = [f"{len(self._over)} of {len(self._numbers)} phases"]
        waiting = [
            seconds
            for key, seconds in self._seconds.items()
            if key not in self._over and key not in self._now
        ]
        if waiting:
            left_s = sum(waiting) / self._jobs
            parts.append(f"then about {duration(left_s)} for the phases that wait")
        parts.append(f"{duration(time.monotonic() - self._began_s)} so far")
        return Group(bars, Text(" · ".join(parts)))


def _progress(now: _Now) -> str:
    parts = [f"{now.done:,}/{now.total:,} updates"]
    if now.loss is not None:
        parts.append(f"loss {now.loss:.3f}")
    if now.left_s is not None:
        parts.append(f"{duration(now.left_s)} left")
    return " · ".join(parts)
