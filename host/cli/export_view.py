"""Shows a study's export while it goes on: a line a job in a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from host.cli.console import duration
from host.cli.live_display import LiveDisplay

if TYPE_CHECKING:
    from host.artifacts.export import StudyStep

_REFRESH_PER_S = 4
_WORDS: Mapping[str, str] = {
    "check": "checking",
    "trim": "trimming its vocabulary",
    "load": "running the checkpoint",
    "trace": "tracing",
    "quantize": "making",
    "compare": "comparing",
    "done": "done",
    "failed": "failed",
    "up-to-date": "up to date",
}
_SAID = ("load", "done", "failed", "up-to-date")
_OVER = ("done", "failed", "up-to-date")


class ExportView(LiveDisplay):
    """A context manager that is called with every step; all of it goes to standard error.

    Args:
        names: What each job is called, in their order.
        artifacts: How many artifacts come of them.
    """

    def __init__(self, names: tuple[str, ...], artifacts: int) -> None:
        self._names = names
        self._artifacts = artifacts
        # Exports silence standard error for moments; a picture that is drawn then must not be lost.
        self._stream = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
        console = Console(file=self._stream, highlight=False)
        super().__init__(console, refresh_per_second=_REFRESH_PER_S, picture=self._picture)
        self._now: dict[int, tuple[str, float]] = {}
        self._counts = dict.fromkeys(_OVER, 0)
        self._began_s = time.monotonic()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        super().__exit__(kind, value, traceback)
        self._stream.close()

    def __call__(self, at: StudyStep) -> None:
        """Show a step."""
        action, recipe = at.step.action, at.step.recipe
        words = f"{_WORDS[action]}{f' {recipe}' if recipe else ''}"
        if action in _OVER:
            self._counts[action] += 1
            self._now.pop(at.number, None)
        else:
            self._now[at.number] = (words, time.monotonic())
        if action in (_OVER if self._live is not None else _SAID):
            line = f"[{at.number}/{at.total}] {self._names[at.number - 1]}: {words}"
            self._console.print(Text(line), soft_wrap=True)

    def _picture(self) -> Group:
        now_s = time.monotonic()
        rows = Table.grid(padding=(0, 2))
        for number, (words, since_s) in sorted(self._now.copy().items()):
            rows.add_row(
                f"  {self._names[number - 1]}", words, Text(duration(now_s - since_s), style="dim")
            )
        over = sum(self._counts.values())
        parts = [f"{over} of {self._artifacts} artifacts"]
        if self._counts["failed"]:
            parts.append(f"{self._counts['failed']} failed")
        parts.append(duration(now_s - self._began_s))
        return Group(rows, Text(" · ".join(parts)))
