"""Turns text and numbers into LaTeX that any engine sets and no name can break."""

from __future__ import annotations

import re
from collections.abc import Callable

from device_agent.measure.decision import Interval
from host.report import numbers

_ESCAPED = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    "-": "{-}",
    "\u2212": "$-$",
    "\u2013": "--",
    "\u202f": r"\,",
    "\u00a0": "~",
    "\u00b7": r"$\cdot$",
    "\u00d7": r"$\times$",
    "\u00b1": r"$\pm$",
    "\u2019": "'",
    "\u2192": r"$\to$",
    "\u2020": r"\dag{}",
    "\u00b5": r"$\mu$",
    "\u00b0": r"\textdegree{}",
    "\u2264": r"$\leq$",
}
_SPACES = re.compile(r"[ \t-\r]+")
_LAST_LATIN = "\u017f"
"""Letters up to here are set up in every LaTeX; of later ones the engine knows none for sure."""


def escape(text: str) -> str:
    """Return text that prints as it is; a character that LaTeX lacks becomes its code."""
    flat = _SPACES.sub(" ", text).replace(" %", "\u00a0%")
    return "".join(_character(c) for c in flat)


def score(value: float | None) -> str:
    """Return a score with one digit after the point, `--` where there is none."""
    return escape(numbers.score(value))


def points(value: float | None) -> str:
    """Return a signed difference."""
    return "--" if value is None else f"${numbers.points(value).replace(chr(0x2212), '-')}$"


def points_interval(interval: Interval | None) -> str:
    """Return `[low, high]` in small type; nothing where there is none."""
    return _small(interval, points)


def ratio(value: float | None) -> str:
    """Return a ratio of times."""
    return escape(numbers.ratio(value))


def ratio_interval(interval: Interval | None) -> str:
    """As `points_interval`."""
    return _small(interval, ratio)


def _small(interval: Interval | None, form: Callable[[float], str]) -> str:
    if interval is None:
        return ""
    return rf" {{\scriptsize[{form(interval.low)}, {form(interval.high)}]}}"


def _character(character: str) -> str:
    if character in _ESCAPED:
        return _ESCAPED[character]
    if character.isprintable() and (character < "\x7f" or "\xc0" <= character <= _LAST_LATIN):
        return character
    return f"[U+{ord(character):04X}]"
