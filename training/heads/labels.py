"""Finds a class's number, as the model's logits are numbered."""

from __future__ import annotations

from collections.abc import Sequence

from training.errors import TrainingError


def number_of(label: object, labels: Sequence[str]) -> int:
    """Return the label's 0-based number.

    Raises:
        TrainingError: The task has no such label.
    """
    try:
        return labels.index(str(label))
    except ValueError as error:
        raise TrainingError(
            f"Label {label!r} is not one of the task's: {', '.join(labels) or 'none'}.",
            remedy="Correct the file, or train the task that these labels belong to.",
        ) from error
