"""Keeps evaluation apart: a fixed share of all word combinations never occurs in training."""

from __future__ import annotations

import hashlib
from typing import Literal

from host.demo.corpus.meaning import Clause, Event, Located, State

Split = Literal["train", "test"]
_SHARE = 4


def split_of(clause: Clause) -> Split:
    """Return the split that a clause belongs to.

    A quarter of all (subject, verb, noun), (subject, place) and (subject, predicate) combinations
    is kept for evaluation; a seed cannot change which, so no two corpora ever overlap.
    """
    if isinstance(clause, Event):
        return _split(clause.subject, clause.verb, clause.noun)
    if isinstance(clause, Located):
        return _split(clause.subject, clause.place)
    if isinstance(clause, State):
        return _split(clause.subject, clause.predicate)
    return split_of(clause.about)


def split_of_link(cause: str, effect: Event) -> Split:
    """Return the split of a causal link, whoever it is about."""
    return _split(cause, effect.verb, effect.noun)


def _split(*concepts: str) -> Split:
    first = hashlib.sha256("|".join(concepts).encode()).digest()[0]
    return "test" if first % _SHARE == 0 else "train"
