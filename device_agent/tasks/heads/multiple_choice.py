"""Chooses among alternatives: a row for each, and the best logit wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from device_agent.contract.artifact import HeadName
from device_agent.contract.samples import ChoiceInput, Input
from device_agent.tasks.heads.tokenisation import to_row, two_texts
from device_agent.tasks.protocol import Outputs, Row


@dataclass(frozen=True)
class MultipleChoice:
    """Reads output `logits`, float32 [1, 1], of each row; a row has no context.

    Attributes:
        max_tokens: Longest row, special tokens included.
    """

    max_tokens: int = 128
    name: HeadName = "multiple-choice"

    def encode(self, tokenizer: Tokenizer, sample_input: Input) -> list[Row]:
        """Return one row a choice: the prompt, and the choice as its pair."""
        assert isinstance(sample_input, ChoiceInput)
        return [
            to_row(two_texts(tokenizer, sample_input.prompt, choice, self.max_tokens))
            for choice in sample_input.choices
        ]

    def decode(
        self,
        sample_input: Input,  # noqa: ARG002 the protocol's signature
        rows: Sequence[Row],  # noqa: ARG002
        outputs: Sequence[Outputs],
        labels: Sequence[str],  # noqa: ARG002
    ) -> int:
        """Return the 0-based index of the choice with the highest logit, the first of equals."""
        return int(np.argmax([float(output["logits"][0, 0]) for output in outputs]))
