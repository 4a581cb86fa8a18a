"""What is wrong with a study file: all of it at once, each mistake with its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from device_agent.contract.errors import XtremeEdgeError

_SHOWN_CHARACTERS = 60
_ENOUGH_LETTERS = 3
"""A shorter beginning has too many names that it may stand for."""


class Position(NamedTuple):
    """A place in a text file, both numbers from 1."""

    line: int
    column: int


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing to correct: where it stands, what was found and what was expected."""

    position: Position
    message: str


class StudyError(XtremeEdgeError):
    """A study cannot be used as it stands.

    Attributes:
        mistakes: Everything that is wrong with the study file, in the order of the file; empty
            where the error is not about a place in it.
    """

    def __init__(self, message: str, *, remedy: str, mistakes: Sequence[Mistake] = ()) -> None:
        super().__init__(message, remedy=remedy)
        self.mistakes = tuple(mistakes)


def study_error(path: Path, mistakes: Iterable[Mistake]) -> StudyError:
    """Return the error that lists every mistake of the file once, in the order of its lines."""
    found = sorted(set(mistakes))
    listed = "".join(
        f"\n  {path}:{mistake.position.line}:{mistake.position.column}: {mistake.message}"
        for mistake in found
    )
    lines = sorted({mistake.position.line for mistake in found})
    where = f"line {lines[0]}" if len(lines) == 1 else "every line named above"
    count = "1 mistake" if len(found) == 1 else f"{len(found)} mistakes"
    return StudyError(
        f"{path}: {count} in the study file{listed}",
        remedy=f"Correct {where} in {path}, then run the same command again.",
        mistakes=found,
    )


def shown(value: object) -> str:
    """Say what was found in the file, on one line, short and free of control characters."""
    if value is None:
        return "nothing (empty or null)"
    if isinstance(value, dict):
        return f"a mapping of {_counted(len(value), 'key')}"
    if isinstance(value, list):
        return f"a list of {_counted(len(value), 'item')}"
    text = ascii(value) if not str(value).isprintable() else repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def one_of(known: Iterable[str]) -> str:
    """Say that one of these names was expected."""
    names = list(known)
    return names[0] if len(names) == 1 else f"one of {', '.join(names)}"


def nearest(found: str, known: Iterable[str]) -> str | None:
    """Return the known name that somebody who wrote `found` most likely meant."""
    names = {_letters(name): name for name in known}
    wanted = _letters(found)
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.6)
    if not near and len(wanted) >= _ENOUGH_LETTERS:
        begun = (name for name in names if name.startswith(wanted) or wanted.startswith(name))
        near = [name for name in begun if len(name) >= _ENOUGH_LETTERS]
    return names[near[0]] if near else None


def did_you_mean(found: object, known: Iterable[str]) -> str:
    """Return `; did you mean X?` for the known name that is nearest, else nothing."""
    name = nearest(found, known) if isinstance(found, str) else None
    return f"; did you mean {name}?" if name else ""


def _letters(name: str) -> str:
    """Leave out what people mistype most: case, dashes and underscores."""
    return re.sub(r"[-_ .]", "", name).lower()


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
