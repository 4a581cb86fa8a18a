"""F1 of bitext mining over the set of id pairs, which XTREME uses for BUCC 2018."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Pair = tuple[str, str]
"""Foreign id, English id."""


@dataclass(frozen=True)
class PairScore:
    """F1, precision and recall over the pairs, in percent."""

    f1: float
    precision: float
    recall: float


def pair_f1(gold: Iterable[Pair], predictions: Iterable[Pair]) -> PairScore:
    """Compare two sets of pairs; a pair that stands there twice counts once.

    As `bucc_f1` in XTREME's `evaluate.py`: without a common pair all three are 0.

    Args:
        gold: At least one pair.
        predictions: The pairs that were mined, possibly none.

    Raises:
        ValueError: There is no gold.
    """
    wanted, found = set(gold), set(predictions)
    if not wanted:
        raise ValueError("There is no F1 without gold pairs.")
    right = len(wanted & found)
    precision = right / len(found) if found else 0.0
    recall = right / len(wanted)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return PairScore(f1=100.0 * f1, precision=100.0 * precision, recall=100.0 * recall)
