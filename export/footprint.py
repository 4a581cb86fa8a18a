"""Estimate what an export takes, from the size of the weights: before anything large is loaded.

Memory is the largest resident size of the process, mapped files included: libraries and buffers
that every export has, and a multiple of the fp32 weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from export import recipes
from export.formats import FormatName

_LIBRARIES_BYTES: Mapping[FormatName, int] = {"onnx": 620_000_000, "litert": 1_000_000_000}
"""torch, transformers and onnxruntime, with their buffers: 0.52 GB for encoders of 4 x 96."""

_PER_WEIGHT: Mapping[FormatName, float] = {"onnx": 1.12, "litert": 2.5}
"""ONNX, measured: int8-dynamic 1.85 GB for XLM-R base (1.11 GB of weights) and 2.88 GB for large
(2.24 GB), fp32 1.70 and 2.88 GB. LiteRT: 2.0 GB to write base, and the quantizer's copies."""

_PER_WEIGHT_OF_RECIPE: Mapping[tuple[FormatName, str], float] = {
    ("onnx", "fp16"): 2.0,
    ("onnx", "int8-static"): 2.0,
}
"""Not measured: these run the fp32 model too, which has room here for one more copy."""

_PER_WEIGHT_TRIMMED = 2.5
"""Not measured: the fp32 model runs while PyTorch still holds its own."""

_WORKING_COPIES = 2.0
"""The fp32 model, and the quantizer's copy of it, lie on disk while the export works."""

_SLACK_BYTES = 64 << 20


@dataclass(frozen=True)
class Footprint:
    """What one export of a checkpoint takes.

    Attributes:
        memory_bytes: At its peak.
        disk_bytes: While it works, its artifacts included.
        kept_bytes: Its artifacts.
    """

    memory_bytes: int
    disk_bytes: int
    kept_bytes: int


def estimate(
    fp32_bytes: int, wanted: Sequence[str], model_format: FormatName, *, trimmed: bool
) -> Footprint:
    """Return what an export takes.

    Args:
        fp32_bytes: Size of the checkpoint's weights as float32.
        wanted: Recipes of the format.
        model_format: What the checkpoint becomes.
        trimmed: The vocabulary is trimmed, which runs the fp32 model before and after.
    """
    factors = [_PER_WEIGHT_OF_RECIPE.get((model_format, name), 0.0) for name in wanted]
    factors += [_PER_WEIGHT[model_format], _PER_WEIGHT_TRIMMED if trimmed else 0.0]
    sizes = [recipes.get(name, model_format).SIZE_RATIO for name in wanted]
    return Footprint(
        memory_bytes=_LIBRARIES_BYTES[model_format] + int(fp32_bytes * max(factors)),
        disk_bytes=int(fp32_bytes * (_WORKING_COPIES + sum(sizes))) + _SLACK_BYTES,
        kept_bytes=int(fp32_bytes * sum(sizes)),
    )
