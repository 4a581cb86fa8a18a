"""A terminal screen of so many lines, which takes blocks as long as they fit."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from rich.console import Console, RenderableType

_ROOMY = 96
"""Columns from which on the tables have all their columns."""


class Screen:
    """Takes blocks as long as they fit, so that the most important comes first and stays."""

    def __init__(self, width: int, lines: int, colour: bool) -> None:
        self.roomy = width >= _ROOMY
        self._width = width
        self._left = lines
        self._colour = colour
        self.text = ""

    def add(self, *block: RenderableType, keep: int = 0) -> bool:
        """Add a block unless it would leave fewer than `keep` lines."""
        written = self._render(block)
        count = written.count("\n")
        if count > self._left - keep:
            return False
        self.text += written
        self._left -= count
        return True

    def append(self, *block: RenderableType) -> None:
        """Add a block whatever its length."""
        self.text += self._render(block)

    def rows_left(self, keep: int) -> int:
        """Return how many lines may still be used if `keep` must remain."""
        return max(0, self._left - keep)

    def _render(self, block: Sequence[RenderableType]) -> str:
        out = StringIO()
        console = Console(
            file=out,
            width=self._width,
            highlight=False,
            force_terminal=self._colour,
            no_color=not self._colour,
            color_system="standard" if self._colour else None,
        )
        for renderable in block:
            console.print(renderable)
        # Trailing spaces only make a copied table wide.
        return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())
