"""Which form predictions and gold take, by the head of their task."""

from __future__ import annotations

from device_agent.contract.artifact import HeadName
from device_agent.contract.samples import Gold, Prediction


def is_prediction(head: HeadName, value: Prediction | None) -> bool:
    """Tell whether a sample's prediction is of its head's kind; retrieval has none of its own."""
    if head == "sentence-embedding":
        return value is None
    if head == "question-answering":
        return isinstance(value, str)
    return value is not None and _is_decision(head, value)


def is_gold(head: HeadName, value: Gold) -> bool:
    """Tell whether gold is of its head's kind: answers and relevant candidates are several."""
    if head in {"question-answering", "sentence-embedding"}:
        return isinstance(value, tuple)
    return _is_decision(head, value)


def _is_decision(head: HeadName, value: Prediction | Gold) -> bool:
    if head == "multiple-choice":
        return isinstance(value, int) and value >= 0
    if head == "token-classification":
        return isinstance(value, tuple) and len(value) > 0 and all(value)
    return isinstance(value, str) and bool(value)
