"""A piece of a text, as Mewsli-X's files mark sentences and mentions."""

from __future__ import annotations

from typing import Annotated

import msgspec

Offset = Annotated[int, msgspec.Meta(ge=0)]
"""A character, in code points."""


class Span(msgspec.Struct, frozen=True):
    """Where a piece begins, and where it ends (exclusive)."""

    start: Offset
    end: Offset

    def cut(self, text: str) -> str:
        """Return the piece of a text."""
        return text[self.start : self.end]

    def is_in(self, other: Span) -> bool:
        """Tell whether all of it lies in another one."""
        return other.start <= self.start and self.end <= other.end
