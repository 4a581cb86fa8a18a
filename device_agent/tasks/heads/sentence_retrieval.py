"""Embeds sentences, and ranks candidates for each query by cosine similarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from device_agent.contract.artifact import HeadName
from device_agent.contract.samples import Input, SentenceInput
from device_agent.tasks.heads.nearest import Rows, nearest
from device_agent.tasks.heads.tokenisation import one_text, to_row, two_texts
from device_agent.tasks.protocol import Outputs, Row


@dataclass(frozen=True)
class SentenceRetrieval:
    """Reads output `embedding`, float32 [1, hidden]; a row has no context.

    A text with a context is a pair, cut as transformers cuts pairs by default (`longest_first`).

    Attributes:
        max_tokens: Longest row, special tokens included.
        query_max_tokens: Longest row of a query; None where candidates may be no longer.
    """

    max_tokens: int = 512
    query_max_tokens: int | None = None
    name: HeadName = "sentence-embedding"

    def encode(self, tokenizer: Tokenizer, sample_input: Input) -> list[Row]:
        """Return one row, cut at the end of its text, or of its texts where it has two."""
        assert isinstance(sample_input, SentenceInput)
        text, context = sample_input.text, sample_input.context
        limit = self._limit(sample_input)
        if context is None:
            return [to_row(one_text(tokenizer, text, limit))]
        return [to_row(two_texts(tokenizer, text, context, limit))]

    def _limit(self, sample_input: SentenceInput) -> int:
        if sample_input.role == "query" and self.query_max_tokens is not None:
            return min(self.query_max_tokens, self.max_tokens)
        return self.max_tokens

    def decode(
        self,
        sample_input: Input,  # noqa: ARG002 the protocol's signature
        rows: Sequence[Row],  # noqa: ARG002
        outputs: Sequence[Outputs],
        labels: Sequence[str],  # noqa: ARG002
    ) -> npt.NDArray[np.float32]:
        """Return the sentence's vector, float32 [hidden]."""
        return np.asarray(outputs[0]["embedding"][0], dtype=np.float32)


def rank(
    queries: npt.NDArray[np.floating[Any]],
    candidates: npt.NDArray[np.floating[Any]],
    candidate_ids: Sequence[str],
    top_k: int,
) -> list[tuple[str, ...]]:
    """Return for each query the ids of its nearest candidates by cosine, best first.

    As XTREME's `similarity_search` (`utils_retrieve.py`): on vectors of length 1 its nearest by
    Euclidean distance are the nearest by cosine. Of equal candidates the earlier one comes first.

    Args:
        queries: float32 or float16 [queries, hidden]; may be mapped from disk.
        candidates: The same, [candidates, hidden].
        candidate_ids: One id a candidate.
        top_k: How many ids a query gets; fewer where there are fewer candidates.
    """
    found = nearest(Rows(queries), Rows(candidates), top_k)
    return [tuple(candidate_ids[index] for index in row) for row in found.indices.tolist()]
