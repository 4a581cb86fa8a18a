"""Quantize weights to int8 beforehand, and activations while the model runs.

Weights have one scale per output channel, tables one per token; activations one per token, so
that what stands beside a token, padding for example, does not change how it is rounded.
tflite-runtime 2.14 computes these models wrongly without a word; the golden set refuses them there.
"""

from __future__ import annotations

from pathlib import Path

from device_agent.contract.artifact import Quantization, Tolerance
from export.quiet import silent

NAME = "int8-dynamic"
# Found: relative error 0.017 to 0.026 on random encoders of 2 x 32; see the recipe for ONNX.
TOLERANCE = Tolerance(relative_error=0.25, cosine=0.97, label_agreement=0.8)
PARAMETERS = {
    "activations": "int8, dynamic, per token",
    "operators": "EMBEDDING_LOOKUP, FULLY_CONNECTED",
    "weights": "int8, symmetric, per output channel; look-ups per row",
}
SIZE_RATIO = 0.3
CALIBRATED = False


def apply(source: Path, target: Path) -> Quantization:
    """Let ai-edge-quantizer rewrite the file; see `protocol.Recipe`."""
    # The extra's libraries: a host without them is told so before anything is made.
    with silent():
        from ai_edge_quantizer import quantizer, recipe  # noqa: PLC0415

        from export import flatbuffer  # noqa: PLC0415

        rewriting = quantizer.Quantizer(str(source))
        rewriting.load_quantization_recipe(recipe.dynamic_wi8_afp32())
        rewriting.quantize().export_model(str(target))
    return flatbuffer.quantization(target, PARAMETERS)
