"""Decide how an embedding artifact pools its hidden states."""

from __future__ import annotations

from device_agent.contract.artifact import Pooling
from export.checkpoint import Checkpoint
from export.errors import ExportError

_XTREME_LAYERS = {12: 8, 24: 14}


def resolve(checkpoint: Checkpoint, wanted: Pooling | None) -> Pooling | None:
    """Return the pooling to export, checked against the model; None for heads without.

    By default the mean over all tokens at the layer that XTREME uses for Tatoeba (8 of 12, 14 of
    24: google-research/xtreme, scripts/run_tatoeba.sh), at the last one for other depths.

    Raises:
        ExportError: The model has no such layer, or no trained pooler, or the head pools nothing.
    """
    if checkpoint.head != "sentence-embedding":
        if wanted is not None:
            raise ExportError(
                f"{checkpoint.folder}: pooling was asked for, but the head is {checkpoint.head}.",
                remedy="Name pooling for sentence-embedding only.",
            )
        return None
    layers = checkpoint.layers
    if wanted is None:
        return Pooling(method="mean", layer=_XTREME_LAYERS.get(layers, layers))
    if wanted.method == "pooler":
        _check_pooler(checkpoint, wanted)
    elif wanted.layer is None or not 1 <= wanted.layer <= layers:
        raise ExportError(
            f"{checkpoint.folder}: mean pooling at layer {wanted.layer}, expected 1 to {layers}.",
            remedy="Name a layer of this model, counted after the embeddings.",
        )
    return wanted


def _check_pooler(checkpoint: Checkpoint, wanted: Pooling) -> None:
    family = checkpoint.architecture
    tensor = f"{family.prefix}.pooler.dense.weight"
    if not family.has_pooler or checkpoint.has_tensor(tensor) is False:
        raise ExportError(
            f"{checkpoint.folder}: has no trained pooler.",
            remedy="Use mean pooling: method mean and a layer.",
        )
    if wanted.layer is not None:
        raise ExportError(
            f"{checkpoint.folder}: the pooler reads the last layer, but layer {wanted.layer} "
            "was named.",
            remedy="Leave the layer out for method pooler.",
        )
