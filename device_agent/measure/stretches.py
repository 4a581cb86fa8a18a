"""Into which stretches a half hour of work without a pause is cut; the host counts the same."""

from __future__ import annotations

from dataclasses import dataclass

QUERIES = 20
"""Of a turn in sustained work and in on/off pairs, at most: they are short, and run again."""

_MINUTE_S = 60.0


@dataclass(frozen=True)
class Stretches:
    """Equal stretches: minutes, or halves of a plan that is shorter than two minutes."""

    count: int
    length_s: float

    @classmethod
    def of(cls, sustained_s: int) -> Stretches:
        """Cut a plan of at least two seconds."""
        length_s = min(_MINUTE_S, sustained_s / 2)
        return cls(count=int(sustained_s // length_s), length_s=length_s)
