"""Tells tokenising from encoding: text to tokens is the tokenizer's time, the rest is the head's.

A head does both in one call, back and forth where a text is cut or has windows, so the tokenizer
is watched rather than the head taken apart.
"""

from __future__ import annotations

from time import perf_counter_ns
from typing import Any

from tokenizers import Encoding, Tokenizer


class WatchedTokenizer:
    """A tokenizer that adds up the time of its work; all else of it is the one inside.

    Attributes:
        spent_ns: Since it was made.
    """

    __slots__ = ("_inner", "spent_ns")

    def __init__(self, inner: Tokenizer) -> None:
        self._inner = inner
        self.spent_ns = 0

    def encode(self, *given: Any, **named: Any) -> Encoding:
        """As the tokenizer inside, timed."""
        started = perf_counter_ns()
        encoding = self._inner.encode(*given, **named)
        self.spent_ns += perf_counter_ns() - started
        return encoding

    def post_process(self, *given: Any, **named: Any) -> Encoding:
        """As the tokenizer inside, timed."""
        started = perf_counter_ns()
        encoding = self._inner.post_process(*given, **named)
        self.spent_ns += perf_counter_ns() - started
        return encoding

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
