"""Write a graph in 16-bit floating point; its inputs are integers and its outputs stay fp32.

Weights are rounded one at a time. Constants are kept within what a half can hold and still be
added to: the mask's -3.4e38 would become minus infinity, and a row of nothing else NaN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import AttributeProto, GraphProto, NodeProto, TensorProto, numpy_helper

from device_agent.contract.artifact import Quantization
from device_agent.tasks.protocol import Row
from export import calibration
from export.errors import ExportError
from export.initializers import Array, Initializers, Weight, write
from export.products import make

_LARGEST = float(np.finfo(np.float16).max)
_LARGEST_CONSTANT = 1e4
"""exp(-1e4) is 0 in every precision, and a score beside it does not overflow."""

_LEAST_CONSTANT = float(np.finfo(np.float16).smallest_subnormal)
_GROWING = {"Add", "Gemm", "MatMul", "Mul", "Pow", "ReduceSum"}
_FLOAT, _HALF = TensorProto.FLOAT, TensorProto.FLOAT16


def rewrite(source: Path, target: Path, parameters: Mapping[str, str]) -> Quantization:
    """Write `target` as `source` in halves.

    Args:
        source: An fp32 ONNX file; its weights may lie beside it.
        target: The file to write.
        parameters: The recipe's settings, for the report.

    Returns:
        How many nodes of each type read 16-bit weights.

    Raises:
        ExportError: A weight is too large for a half.
    """
    model = onnx.load(source, load_external_data=False)
    graph = model.graph
    given = Initializers(graph, source.parent)
    floats = {tensor.name for tensor in graph.initializer if tensor.data_type == _FLOAT}
    readers = Counter(node.op_type for node in graph.node if floats & set(node.input))
    for node in graph.node:
        for attribute in node.attribute:
            _halve(node, attribute)
    graph.node.extend(list(_borders(graph)))
    del graph.value_info[:]
    write(model, [_weight(given, name, halved=name in floats) for name in given], target)
    return Quantization(quantized=dict(readers), skipped={}, parameters=dict(parameters))


def largest_value(source: Path, rows: Sequence[Row]) -> float:
    """Return the largest size of any value on the way, in fp32.

    A half's own run cannot tell: a processor without 16-bit arithmetic computes in 32 bits and
    leaves out the casts between, so that only a GPU would overflow.

    Args:
        source: An fp32 ONNX file; its weights may lie beside it.
        rows: At least one.

    Raises:
        ExportError: It is too large for a half.
    """
    graph = onnx.load(source, load_external_data=False).graph
    values = [node.output[0] for node in graph.node if node.op_type in _GROWING]
    found = calibration.ranges(source, values, rows)
    name, largest = max(
        ((name, max(-least, largest)) for name, (least, largest) in found.items()),
        key=lambda entry: entry[1],
    )
    if not largest <= _LARGEST:
        raise _too_large(f"{name}: reaches {largest:.4g} on the calibration inputs")
    return largest


def _too_large(what: str) -> ExportError:
    return ExportError(
        f"{what}, but a 16-bit float ends at {_LARGEST:,.0f}.",
        remedy="Use recipe int8-dynamic or fp32 for this checkpoint.",
    )


def _weight(given: Initializers, name: str, *, halved: bool) -> Weight:
    if not halved:
        return given.weight(name)
    return Weight(name, np.dtype(np.float16), given.shape(name), lambda: _half(given, name))


def _half(given: Initializers, name: str) -> Array:
    values = np.asarray(given[name])
    largest = float(max(values.max(initial=0), -values.min(initial=0)))
    if largest > _LARGEST:
        raise _too_large(f"{name}: holds {largest:.4g}")
    half: Array = values.astype(np.float16)
    return half


def _halve(node: NodeProto, attribute: AttributeProto) -> None:
    """Let constants be halves, and casts to float become casts to halves."""
    if node.op_type == "Cast" and attribute.name == "to" and attribute.i == _FLOAT:
        attribute.i = _HALF
    elif attribute.type == AttributeProto.TENSOR and attribute.t.data_type == _FLOAT:
        values = numpy_helper.to_array(attribute.t)
        sizes = np.clip(np.abs(values), _LEAST_CONSTANT, _LARGEST_CONSTANT)
        bounded = np.where(values == 0, 0, np.copysign(sizes, values))
        attribute.t.CopyFrom(numpy_helper.from_array(bounded.astype(np.float16)))


def _borders(graph: GraphProto) -> Iterator[NodeProto]:
    """Make float outputs of the halves that the graph now computes."""
    for value in graph.output:
        if value.type.tensor_type.elem_type == _FLOAT:
            inner = f"{value.name}/half"
            _rename(graph, value.name, inner)
            yield make("Cast", [inner], value.name, to=_FLOAT)


def _rename(graph: GraphProto, name: str, other: str) -> None:
    for node in graph.node:
        for names in (node.input, node.output):
            for index, found in enumerate(names):
                if found == name:
                    names[index] = other
