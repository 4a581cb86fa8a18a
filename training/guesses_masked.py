"""A masked language model that computes what its loss needs, and nothing else."""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy
from transformers import XLMRobertaForMaskedLM
from transformers.modeling_outputs import MaskedLMOutput

_NOT_ASKED = -100
"""The label of tokens that were not masked."""


class GuessesMasked(XLMRobertaForMaskedLM):  # type: ignore[misc]  # transformers is not followed
    """Computes logits of masked tokens alone.

    Of a small encoder, those of all tokens are most of the work: 8,000 pieces times 32 rows times
    their tokens. Loss and gradients are the same.
    """

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor
    ) -> MaskedLMOutput:
        """Return loss and logits, float32 [masked tokens, vocabulary].

        Args:
            input_ids: int64 [batch, tokens].
            attention_mask: int64 [batch, tokens].
            labels: int64 [batch, tokens], -100 where a token is not asked for.
        """
        hidden = self.roberta(input_ids, attention_mask=attention_mask).last_hidden_state
        asked = labels != _NOT_ASKED
        logits = self.lm_head(hidden[asked])
        return MaskedLMOutput(loss=cross_entropy(logits, labels[asked]), logits=logits)
