"""Learns to classify a pair: the row's target is its class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from device_agent.tasks.protocol import Head
from training.examples import Example
from training.heads.labels import number_of
from training.heads.protocol import Features


@dataclass(frozen=True)
class SequenceClassificationLearner:
    """A `Learner`."""

    model_class: str = "AutoModelForSequenceClassification"

    def features(
        self, head: Head, tokenizer: Tokenizer, example: Example, labels: Sequence[str]
    ) -> list[Features]:
        """Return one item: `labels` is the class's number."""
        (row,) = head.encode(tokenizer, example.input)
        return [
            {
                "input_ids": row.input_ids[0].tolist(),
                "labels": number_of(example.target, labels),
            }
        ]

    def padding(self) -> dict[str, int]:
        """Return nothing: a class is a single number."""
        return {}


LEARNER = SequenceClassificationLearner()
