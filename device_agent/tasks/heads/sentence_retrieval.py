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
from device_agent.tasks.heads.tokenisation import one_text, to_row
from device_agent.tasks.protocol import Outputs, Row

_SCORES_AT_ONCE = 4_000_000
"""Cosines held in memory at a time: 16 MB as float32, which the smallest board can spare."""


@dataclass(frozen=True)
class SentenceRetrieval:
    """Reads output `embedding`, float32 [1, hidden]; a row has no context.

    Attributes:
        max_tokens: Longest row, special tokens included.
    """

    max_tokens: int = 512
    name: HeadName = "sentence-embedding"

    def encode(self, tokenizer: Tokenizer, sample_input: Input) -> list[Row]:
        """Return one row, cut at its end."""
        assert isinstance(sample_input, SentenceInput)
        return [to_row(one_text(tokenizer, sample_input.text, self.max_tokens))]

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
        queries: float32 [queries, hidden].
        candidates: float32 [candidates, hidden].
        candidate_ids: One id a candidate.
        top_k: How many ids a query gets; fewer where there are fewer candidates.
    """
    count = len(candidate_ids)
    if not count or not len(queries):
        return [()] * len(queries)
    top_k = min(top_k, count)
    pool = _unit(candidates).T
    block = max(1, _SCORES_AT_ONCE // count)
    rankings = []
    for begin in range(0, len(queries), block):
        cosines = _unit(queries[begin : begin + block]) @ pool
        # The k-th best value first: only what reaches it is sorted.
        limits = np.partition(cosines, count - top_k, axis=1)[:, count - top_k]
        for scores, limit in zip(cosines, limits, strict=True):
            near = np.flatnonzero(scores >= limit)
            order = near[np.argsort(-scores[near], kind="stable")][:top_k]
            rankings.append(tuple(candidate_ids[index] for index in order))
    return rankings


def _unit(vectors: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float32]:
    """Scale each row to length 1; a zero vector stays zero, similar to nothing."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    unit: npt.NDArray[np.float32] = (vectors / lengths).astype(np.float32)
    return unit
