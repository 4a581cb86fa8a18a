"""One view of several jobs: a row each in a terminal, elsewhere lines that begin with the name."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from host.cli.console import megabytes
from host.cli.live_display import LiveDisplay

_PLAIN_EVERY_S = 5.0
_REFRESH_PER_S = 8
_BAR_WIDTH = 24


class Lane:
    """What one job tells; any of its methods ends the job, by KeyboardInterrupt, after Ctrl-C.

    Args:
        name: What its lines begin with.
        console: Shared by all lanes.
        stop: Set once the jobs are to end.
        plain: Print progress as lines.
    """

    def __init__(self, name: str, console: Console, stop: threading.Event, *, plain: bool) -> None:
        self.name = name
        self._console = console
        self._stop = stop
        self._plain = plain
        self._text = ""
        self._said = ""
        self._share: float | None = None
        self._spoke_s = time.monotonic()

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self._check()
        self._said = text
        told = text if text.startswith((f"{self.name}:", f"{self.name} ")) else None
        self._console.print(Text(told or f"{self.name}: {text}"), soft_wrap=True)

    def show(self, text: str, share: float | None = None) -> None:
        """Show what goes on now, in place of what was shown before.

        Args:
            text: In words.
            share: How much of it is done, from 0 to 1, where that is known.
        """
        self._check()
        self._text, self._share = text, share
        due = time.monotonic() - self._spoke_s > _PLAIN_EVERY_S
        if self._plain and due and text != self._said:
            self._spoke_s = time.monotonic()
            self.say(text)

    def sent(self, sent_bytes: int, total_bytes: int) -> None:
        """Show how much of an upload has gone; fits `Progress` of a ship."""
        share = sent_bytes / max(total_bytes, 1)
        self.show(f"{megabytes(sent_bytes)} of {megabytes(total_bytes)} sent ({share:.0%})", share)

    def row(self) -> tuple[Text, ProgressBar | Text, Text]:
        """Return the lane as it is drawn in a terminal."""
        bar: ProgressBar | Text = Text("")
        if self._share is not None:
            bar = ProgressBar(total=1.0, completed=self._share, width=_BAR_WIDTH)
        return Text(self.name, style="bold"), bar, Text(self._text)

    def _check(self) -> None:
        if self._stop.is_set():
            raise KeyboardInterrupt


class Lanes(LiveDisplay):
    """A context manager that shows its lanes on standard error.

    Args:
        names: One lane each, in this order.
        console: None is standard error.
    """

    def __init__(self, names: Sequence[str], console: Console | None = None) -> None:
        shown = console or Console(stderr=True, highlight=False)
        self._stop = threading.Event()
        plain = not shown.is_terminal
        self._lanes = {name: Lane(name, shown, self._stop, plain=plain) for name in names}
        super().__init__(shown, refresh_per_second=_REFRESH_PER_S, picture=self.table)

    def __getitem__(self, name: str) -> Lane:
        return self._lanes[name]

    def stop(self) -> None:
        """Ask the jobs to end the next time that they have something to tell."""
        self._stop.set()

    def table(self) -> Table:
        """Return all lanes as they are drawn in a terminal."""
        table = Table.grid(padding=(0, 1))
        for lane in self._lanes.values():
            table.add_row(*lane.row())
        return table
