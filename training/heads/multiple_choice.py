"""Learns to choose: the rows of all choices make one item, its target the right one's index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from device_agent.tasks.protocol import Head
from training.examples import Example
from training.heads.protocol import Features


@dataclass(frozen=True)
class MultipleChoiceLearner:
    """A `Learner`."""

    model_class: str = "AutoModelForMultipleChoice"

    def features(
        self,
        head: Head,
        tokenizer: Tokenizer,
        example: Example,
        labels: Sequence[str],  # noqa: ARG002 the protocol's signature
    ) -> list[Features]:
        """Return one item: `input_ids` is a list a choice, `labels` the right one's index."""
        rows = head.encode(tokenizer, example.input)
        return [
            {
                "input_ids": [row.input_ids[0].tolist() for row in rows],
                "labels": example.target,
            }
        ]

    def padding(self) -> dict[str, int]:
        """Return nothing: an index is a single number."""
        return {}


LEARNER = MultipleChoiceLearner()
