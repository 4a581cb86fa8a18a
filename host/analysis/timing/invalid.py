"""Tells why rounds did not count: which reasons, and how often each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Reason:
    """One kind of reason.

    Attributes:
        example: As the first round with it says it, figures and all.
        rounds: How many have it.
    """

    example: str
    rounds: int

    @property
    def line(self) -> str:
        """All of it in one line."""
        if self.rounds == 1:
            return f"once: {self.example}"
        return f"{self.rounds} times: {self.example} (the first of them)"


def kind_of(reason: str) -> str:
    """Return a reason without its figures: of one kind are those that differ in nothing else."""
    return re.sub(r"[-−+]?\d+(?:[.,]\d+)*", "", reason)


def count_reasons(rounds: Iterable[Sequence[str]]) -> tuple[Reason, ...]:
    """Return every kind of reason, the commonest first.

    Args:
        rounds: Each one's reasons, which may be several, or none.
    """
    found: dict[str, Reason] = {}
    for invalid in rounds:
        for text in invalid:
            known = found.setdefault(kind_of(text), Reason(text, 0))
            found[kind_of(text)] = replace(known, rounds=known.rounds + 1)
    return tuple(sorted(found.values(), key=lambda reason: -reason.rounds))
