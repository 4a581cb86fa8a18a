"""Say what of a graph is quantized and how, apart from what the weights are.

With the digests of the graph (`graph.graph_digest`) and of the vocabulary (`tokenizer.digest`),
equal ones mean that two artifacts do the same work on the same text, so that a difference in
latency between them has another cause. Scales are weights: their types, axes and number count,
their values do not. Sizes of the model stand in the graph's digest, and are left out here, so that
a model of another width or vocabulary can be quantized alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import onnx
from onnx import GraphProto, NodeProto, TensorProto

from device_agent.contract import codec
from device_agent.contract.codec import Digest
from device_agent.digest import digest_bytes

_QUANTIZING = re.compile(r"Quant|Integer|QLinear|NBits|^QGemm$|^QAttention$")
_SIZES = {"K", "N"}
"""Rows and columns of MatMulNBits, which stand in its weights' shapes too."""

_PLAIN_TYPES = {
    TensorProto.FLOAT,
    TensorProto.DOUBLE,
    TensorProto.INT32,
    TensorProto.INT64,
    TensorProto.BOOL,
}


def quantization_digest(model_file: Path) -> Digest:
    """Return the identity of what is quantized and how in an ONNX file."""
    return digest_bytes(codec.encode(quantization(model_file)))


def quantization(model_file: Path) -> dict[str, int]:
    """Count an ONNX file's quantizing nodes and narrow weights, each in words that say how."""
    graph = onnx.load(model_file, load_external_data=False).graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    found: Counter[str] = Counter()
    for node in graph.node:
        narrow = any(
            name in weights and weights[name].data_type not in _PLAIN_TYPES for name in node.input
        )
        if narrow or _QUANTIZING.search(node.op_type):
            found[_words(node, weights)] += 1
    found.update(_scaling(graph, weights))
    return dict(found)


def _words(node: NodeProto, weights: Mapping[str, TensorProto]) -> str:
    """Describe a node: operator, attributes, and its weights' types with their granularity."""
    operands = [_granularity(weights[name]) for name in node.input if name in weights]
    attributes = [
        f"{entry.name}={onnx.helper.get_attribute_value(entry)}"
        for entry in sorted(node.attribute, key=lambda entry: entry.name)
        if entry.type in (onnx.AttributeProto.INT, onnx.AttributeProto.FLOAT)
        and entry.name not in _SIZES
    ]
    return " ".join([node.op_type, *attributes, *operands])


def _granularity(tensor: TensorProto) -> str:
    """Name a weight's type and axes: `n` for an axis of any size but 1."""
    kind = TensorProto.DataType.Name(tensor.data_type).lower()
    axes = ", ".join("1" if size == 1 else "n" for size in tensor.dims)
    return f"{kind}[{axes}]"


def _scaling(graph: GraphProto, weights: Mapping[str, TensorProto]) -> Counter[str]:
    """Count the constant scales that bring integers back to float."""
    dynamic = {
        output for node in graph.node if _QUANTIZING.search(node.op_type) for output in node.output
    }
    return Counter(
        f"scale {_granularity(weights[name])}"
        for node in graph.node
        if node.op_type == "Mul" and any(value in dynamic for value in node.input)
        for name in node.input
        if name in weights
    )


def operators(model_file: Path) -> dict[str, int]:
    """Count an ONNX file's nodes by operator."""
    graph = onnx.load(model_file, load_external_data=False).graph
    return dict(Counter(node.op_type for node in graph.node))


def operator_sets(model_file: Path) -> dict[str, int]:
    """Return the version of each operator set that an ONNX file is written in."""
    model = onnx.load(model_file, load_external_data=False)
    return {entry.domain or "ai.onnx": entry.version for entry in model.opset_import}
