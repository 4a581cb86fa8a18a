"""Tables and text in Markdown that nothing a device says can break out of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; all cells are plain text."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(text(cell) for cell in line)} |" for line in lines)


def text(value: str) -> str:
    """Keep what a device says from becoming markup: it may hold anything."""
    flat = " ".join(value.split())
    for mark in "\\`*[]<>|":
        flat = flat.replace(mark, f"\\{mark}")
    return flat
