"""Makes what a device says fit for a terminal: one line, no control characters, not endless."""

from __future__ import annotations

from typing import overload

_SHOWN_CHARACTERS = 300


@overload
def printable(text: str) -> str: ...
@overload
def printable(text: None) -> None: ...


def printable(text: str | None) -> str | None:
    """Return the text with "?" for what could move a cursor; None stays None."""
    if text is None:
        return None
    line = " ".join(text[: 2 * _SHOWN_CHARACTERS].split())
    shown = "".join(letter if letter.isprintable() else "?" for letter in line)
    return shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[: _SHOWN_CHARACTERS - 1]}…"
