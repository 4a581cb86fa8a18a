"""Lookup, credit and score of every task that ranks one pool of candidates: Mewsli-X, LAReQA."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from device_agent.contract.samples import Gold, Prediction
from device_agent.metrics.ranking import DEPTH, average_precision, mean_average_precision
from device_agent.tasks.heads.sentence_retrieval import rank
from device_agent.tasks.protocol import Embedded, Retrieved, Score, Tuning

Ids = tuple[str, ...]

MAP_AT_20 = f"map@{DEPTH}"
"""Mean average precision, in percent."""


class ScoredByMap:
    """The retrieving and scoring half of a `RetrievalTask`."""

    def retrieve(
        self,
        queries: Embedded,
        candidates: Embedded,
        tuning: Tuning | None,  # noqa: ARG002 the protocol's signature
    ) -> Retrieved:
        """Rank the whole pool for each query by cosine, and keep what the metric looks at."""
        ranked = rank(queries.vectors, candidates.vectors, candidates.ids, top_k=DEPTH)
        return Retrieved(rankings=dict(zip(queries.ids, ranked, strict=True)))

    def credit(
        self,
        prediction: Prediction,
        gold: Gold,
        language: str,  # noqa: ARG002 the protocol's signature
    ) -> float:
        """Return the query's average precision at 20."""
        return average_precision(cast("Ids", prediction), cast("Ids", gold))

    def score(
        self,
        predictions: Mapping[str, Prediction],
        gold: Mapping[str, Gold],
        language: str,  # noqa: ARG002 the protocol's signature
    ) -> Score:
        """Return mAP@20; a query without a ranking counts 0, unscored without gold."""
        if not gold:
            return Score(unscored="the data has no gold for this language")
        targets, rankings = cast("Mapping[str, Ids]", gold), cast("Mapping[str, Ids]", predictions)
        return Score(metrics={MAP_AT_20: mean_average_precision(targets, rankings)})
