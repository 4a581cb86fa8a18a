"""Quantize weights to int8 beforehand, and activations while the model runs.

Weights are signed, with one scale per output channel in matrix products and one per token in
embeddings, which are included: they are most of a multilingual model. Activations are unsigned
8 bits with a scale per tensor and query. The full range is used: the kernels of 64-bit Arm and of
x86 with VNNI add up products in 32 bits; only older x86 saturates, which the golden set shows.
"""

from __future__ import annotations

from pathlib import Path

from device_agent.contract.artifact import Quantization, Tolerance
from export import integers, rewriting

NAME = "int8-dynamic"
# Found: relative error 0.004 to 0.014, agreement 0.987 and more on encoders of 4 x 96 trained for
# tagging, choice, NLI and QA; 0.037 on a random XLM-R base. Pretrained deep models have outlier
# features, which cost more; a wrong kernel or a wrong graph costs above 1.
TOLERANCE = Tolerance(relative_error=0.25, cosine=0.97, label_agreement=0.8)
PARAMETERS = {
    "activations": "uint8, dynamic, per tensor",
    "operators": "Gather, Gemm, MatMul",
    "weights": "int8, symmetric, per output channel; look-ups per row",
}
SIZE_RATIO = 0.3
CALIBRATED = False


def apply(source: Path, target: Path) -> Quantization:
    """Rewrite the graph tensor by tensor; see `protocol.Recipe`."""
    product = integers.IntegerProducts(integers.dynamic)
    return rewriting.rewrite(source, target, product, integers.look_up, PARAMETERS)
