"""Decide how an embedding artifact pools its hidden states."""

from __future__ import annotations

from typing import Literal

from device_agent.contract.artifact import Pooling
from export.checkpoint import Checkpoint
from export.errors import ExportError

_XTREME_LAYERS = {12: 8, 24: 14}


def resolve(
    checkpoint: Checkpoint,
    wanted: Pooling | None,
    official: Literal["mean", "pooler"] = "mean",
) -> Pooling | None:
    """Return the pooling to export, checked against the model; None for heads without.

    By default the pooler output, or the mean over all tokens at the layer that XTREME uses for
    Tatoeba (8 of 12, 14 of 24: google-research/xtreme, scripts/run_tatoeba.sh), at the last one
    for other depths.

    Args:
        checkpoint: The encoder.
        wanted: What was asked for; None for the default.
        official: How the benchmark pools for the task that the artifact is for.

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
        layer = _xtreme_layer(layers) if official == "mean" else None
        wanted = Pooling(method=official, layer=layer)
    if wanted.method == "pooler":
        _check_pooler(checkpoint, wanted)
    elif wanted.layer is None or not 1 <= wanted.layer <= layers:
        raise ExportError(
            f"{checkpoint.folder}: mean pooling at layer {wanted.layer}, expected 1 to {layers}.",
            remedy="Name a layer of this model, counted after the embeddings.",
        )
    elif wanted.layer < layers and checkpoint.config.get("num_hidden_groups", 1) != 1:
        raise ExportError(
            f"{checkpoint.folder}: layer {wanted.layer} of {layers} was asked for, but its blocks "
            f"share {checkpoint.config['num_hidden_groups']} groups of weights by their number.",
            remedy=f"Name layer {layers}.",
        )
    return wanted


def _xtreme_layer(layers: int) -> int:
    return _XTREME_LAYERS.get(layers, layers)


def _check_pooler(checkpoint: Checkpoint, wanted: Pooling) -> None:
    family = checkpoint.architecture
    tensor = f"{family.prefix}.{family.pooler}"
    if not family.has_pooler or checkpoint.has_tensor(tensor) is False:
        raise ExportError(
            f"{checkpoint.folder}: has no trained pooler.",
            remedy="Name a checkpoint that was saved with its pooler, or set `pooling: {method: "
            f"mean, layer: {_xtreme_layer(checkpoint.layers)}}}` in the study's variant.",
        )
    if wanted.layer is not None:
        raise ExportError(
            f"{checkpoint.folder}: the pooler reads the last layer, but layer {wanted.layer} "
            "was named.",
            remedy="Leave the layer out for method pooler.",
        )
