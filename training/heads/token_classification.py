"""Learns to tag: a word's first subword has its tag as target, all else has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from device_agent.tasks.heads.token_classification import WordStarts
from device_agent.tasks.protocol import Head
from training.examples import Example
from training.heads.labels import number_of
from training.heads.protocol import IGNORED, Features


@dataclass(frozen=True)
class TokenClassificationLearner:
    """A `Learner`."""

    model_class: str = "AutoModelForTokenClassification"

    def features(
        self, head: Head, tokenizer: Tokenizer, example: Example, labels: Sequence[str]
    ) -> list[Features]:
        """Return an item a part of the sentence: `labels` has a number a token."""
        assert isinstance(example.target, tuple)
        numbers = [number_of(tag, labels) for tag in example.target]
        items = []
        for row in head.encode(tokenizer, example.input):
            starts: WordStarts = row.context
            ids = row.input_ids[0].tolist()
            targets = [IGNORED] * len(ids)
            for word, position in enumerate(starts.positions, start=starts.first_word):
                targets[position] = numbers[word]
            items.append({"input_ids": ids, "labels": targets})
        return items

    def padding(self) -> dict[str, int]:
        """Return that padding has no tag."""
        return {"labels": IGNORED}


LEARNER = TokenClassificationLearner()
