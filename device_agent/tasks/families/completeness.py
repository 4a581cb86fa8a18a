"""Says why a language cannot be scored."""

from __future__ import annotations

from collections.abc import Mapping


def why_unscored(predictions: Mapping[str, object], gold: Mapping[str, object]) -> str | None:
    """Return the reason, or None where every sample with gold has its prediction.

    The official script refuses files that differ in length (`evaluate_one_task`), so a score over
    some of the samples is none.
    """
    if not gold:
        return "the data has no gold for this language"
    missing = [key for key in gold if key not in predictions]
    if missing:
        return f"{len(missing)} of {len(gold)} samples have no prediction, first {missing[0]!r}"
    return None
