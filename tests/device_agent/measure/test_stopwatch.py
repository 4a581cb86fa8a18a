"""Tokenising and encoding told apart, by watching the tokenizer."""

from __future__ import annotations

import time
from typing import Any

from tokenizers import Tokenizer, models, pre_tokenizers

from device_agent.contract.samples import PairInput
from device_agent.measure.query import Loaded, run_query
from device_agent.measure.stopwatch import WatchedTokenizer
from device_agent.runtimes.null import NullSession
from device_agent.tasks.heads.sequence_classification import SequenceClassification
from tests.device_agent.runtimes.manifests import manifest_of


def words() -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({"?": 0, "a": 1, "b": 2}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


class Slow:
    """A tokenizer that takes ten milliseconds longer a text."""

    def __init__(self) -> None:
        self._inner = words()

    def encode(self, *given: Any, **named: Any) -> Any:
        time.sleep(0.01)
        return self._inner.encode(*given, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_it_is_the_tokenizer_and_a_clock() -> None:
    """What it makes is what the one inside makes; what is read from it too."""
    watched = WatchedTokenizer(words())
    assert watched.encode("a b").ids == words().encode("a b").ids
    assert watched.token_to_id("b") == 2
    assert isinstance(watched.model, models.WordLevel)
    assert watched.spent_ns > 0


def test_the_tokenizers_time_is_not_the_heads() -> None:
    """Twenty milliseconds of two slow texts are tokenising; building arrays is encoding."""
    made = manifest_of(labels=("x", "y"))
    loaded = Loaded(NullSession(made, threads=1), Slow(), ("x", "y"), 64)
    timing = run_query(
        SequenceClassification(max_tokens=64), loaded, PairInput(first="a b", second="b")
    ).timing
    assert timing.encode_ns is not None
    assert 0 < timing.encode_ns < 10_000_000
    assert timing.tokenise_ns - timing.encode_ns >= 20_000_000
