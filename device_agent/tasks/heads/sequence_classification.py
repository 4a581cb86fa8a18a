"""Classifies a pair of sentences: one row, one label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from device_agent.contract.artifact import HeadName
from device_agent.contract.samples import Input, PairInput
from device_agent.tasks.heads.classes import best_labels
from device_agent.tasks.heads.tokenisation import to_row, two_texts
from device_agent.tasks.protocol import Outputs, Row


@dataclass(frozen=True)
class SequenceClassification:
    """Reads output `logits`, float32 [1, classes]; a row has no context.

    Attributes:
        max_tokens: Longest row, special tokens included.
    """

    max_tokens: int = 128
    name: HeadName = "sequence-classification"

    def encode(self, tokenizer: Tokenizer, sample_input: Input) -> list[Row]:
        """Return one row, the longer sentence cut first."""
        assert isinstance(sample_input, PairInput)
        encoding = two_texts(tokenizer, sample_input.first, sample_input.second, self.max_tokens)
        return [to_row(encoding)]

    def decode(
        self,
        sample_input: Input,  # noqa: ARG002 the protocol's signature
        rows: Sequence[Row],  # noqa: ARG002
        outputs: Sequence[Outputs],
        labels: Sequence[str],
    ) -> str:
        """Return the label with the highest logit.

        Raises:
            ContractError: The model has another number of classes than `labels`.
        """
        return best_labels(outputs[0]["logits"], labels)[0]
