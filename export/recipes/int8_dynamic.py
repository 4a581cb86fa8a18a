"""Quantize weights to int8 beforehand, and activations while the model runs.

Weights are signed, with one scale per output channel in matrix products and one per table in
embeddings, which are included: they are most of a multilingual model. Activations are unsigned
8 bits with a scale per tensor and query. The full range is used: the kernels of 64-bit Arm and of
x86 with VNNI add up products in 32 bits; only older x86 saturates, which the golden set shows.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

from device_agent.contract.artifact import Quantization, Tolerance
from export.quiet import quiet

NAME = "int8-dynamic"
# Found: relative error 0.004 to 0.014, agreement 0.987 and more on encoders of 4 x 96 trained for
# tagging, choice, NLI and QA; 0.037 on a random XLM-R base. Pretrained deep models have outlier
# features, which cost more; a wrong kernel or a wrong graph costs above 1.
TOLERANCE = Tolerance(relative_error=0.25, cosine=0.97, label_agreement=0.8)
PARAMETERS = {
    "activations": "uint8, dynamic, per tensor",
    "operators": "Gather, Gemm, MatMul",
    "reduce_range": "false",
    "weights": "int8, symmetric, per channel (Gather: per tensor)",
}
SIZE_RATIO = 0.3

_QUANTIZED_TYPES = {onnx.TensorProto.INT8, onnx.TensorProto.UINT8}


def apply(source: Path, target: Path) -> Quantization:
    """Quantize with onnxruntime's own quantizer; see `protocol.Recipe`."""
    with quiet():
        quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["Gather", "Gemm", "MatMul"],
            per_channel=True,
            reduce_range=False,
            weight_type=QuantType.QInt8,
        )
    return report(onnx.load(target, load_external_data=False).graph)


def report(graph: onnx.GraphProto) -> Quantization:
    """Read from a finished graph which products and look-ups are quantized, and which are not."""
    weights = {tensor.name: tensor.data_type for tensor in graph.initializer}
    producers = {output: node.op_type for node in graph.node for output in node.output}
    quantized: Counter[str] = Counter()
    skipped: dict[str, str] = {}
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            quantized["MatMul"] += 1
        elif node.op_type == "Gather" and weights.get(node.input[0]) in _QUANTIZED_TYPES:
            quantized["Gather"] += 1
        elif node.op_type in ("MatMul", "Gemm", "Gather"):
            operands = node.input[:1] if node.op_type == "Gather" else node.input[:2]
            if any(producers.get(name) == "Shape" for name in operands):
                continue  # reads a size, an integer
            if any(name in weights for name in operands):
                skipped[node.name] = "left in floating point by the quantizer"
            else:
                skipped[node.name] = "has no weights: every operand is computed"
    return Quantization(quantized=dict(quantized), skipped=skipped, parameters=PARAMETERS)
