"""Credit and score of every task that counts right decisions: XNLI, PAWS-X, XCOPA."""

from __future__ import annotations

from collections.abc import Mapping

from device_agent.contract.samples import Gold, Prediction
from device_agent.metrics.accuracy import accuracy
from device_agent.tasks.families.completeness import why_unscored
from device_agent.tasks.protocol import Score


class ScoredByAccuracy:
    """The scoring half of a `Task`."""

    def credit(
        self,
        prediction: Prediction,
        gold: Gold,
        language: str,  # noqa: ARG002 the protocol's signature
    ) -> float:
        """Return 1 for the right decision, else 0."""
        return float(prediction == gold)

    def score(
        self,
        predictions: Mapping[str, Prediction],
        gold: Mapping[str, Gold],
        language: str,  # noqa: ARG002 the protocol's signature
    ) -> Score:
        """Return the accuracy; unscored without gold or where a prediction is missing."""
        reason = why_unscored(predictions, gold)
        if reason:
            return Score(unscored=reason)
        found = [predictions[key] for key in gold]
        return Score(metrics={"accuracy": accuracy(list(gold.values()), found)})
