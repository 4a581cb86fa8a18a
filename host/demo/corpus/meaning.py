"""Clauses: what one sentence says, in no language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Question = Literal["who", "where", "what", "when"]


@dataclass(frozen=True)
class Event:
    """Somebody does something to something, somewhere, at some time; keys are concepts."""

    subject: str
    verb: str
    noun: str
    colour: str | None = None
    place: str | None = None
    time: str | None = None
    companion: str | None = None
    negated: bool = False
    state: str | None = None


@dataclass(frozen=True)
class Located:
    """Somebody is somewhere."""

    subject: str
    place: str
    negated: bool = False


@dataclass(frozen=True)
class State:
    """Somebody is or does what a predicate says."""

    subject: str
    predicate: str


@dataclass(frozen=True)
class Asked:
    """A question about an event: who, where, what or when."""

    about: Event
    word: Question


Clause = Event | Located | State | Asked
