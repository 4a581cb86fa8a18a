"""Reads class names off logits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from device_agent.contract.errors import ContractError


def best_labels(logits: npt.NDArray[np.float32], labels: Sequence[str]) -> tuple[str, ...]:
    """Return the best class of each row.

    Args:
        logits: float32 [rows, classes].
        labels: Class names in the order of the logits.

    Raises:
        ContractError: The model has another number of classes than there are names.
    """
    if logits.shape[-1] != len(labels):
        raise ContractError(
            f"The model gives {logits.shape[-1]} logits, but its artifact names {len(labels)} "
            f"labels: {', '.join(labels) or 'none'}.",
            remedy="Run `host export` again with a checkpoint whose id2label names every class.",
        )
    return tuple(labels[index] for index in np.argmax(logits, axis=-1))
