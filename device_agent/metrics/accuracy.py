"""Accuracy: the share of equal decisions, in percent."""

from __future__ import annotations

from collections.abc import Sequence


def accuracy(gold: Sequence[object], predictions: Sequence[object]) -> float:
    """Return the percentage of positions at which both agree.

    As `accuracy` in XTREME's `evaluate.py`. Used for XNLI, PAWS-X, XCOPA, and for single tags.

    Args:
        gold: At least one label, index or tag.
        predictions: As many, in the same order.

    Raises:
        ValueError: Not as many, or none.
    """
    equal = [found == wanted for found, wanted in zip(predictions, gold, strict=True)]
    if not equal:
        raise ValueError("There is no accuracy of nothing.")
    return 100.0 * sum(equal) / len(equal)
