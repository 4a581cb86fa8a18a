"""Prove that two models are the same graph: a digest of what is computed, weights left out.

Two checkpoints of one architecture, trained differently and exported by one recipe, have equal
digests; another operator, attribute, shape, data type, wiring or interface changes it. Names of
nodes and inner values do not enter, nor the order in which independent nodes are listed, nor
nodes whose result nobody uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import onnx
from onnx import AttributeProto, GraphProto, TensorProto, ValueInfoProto

from device_agent.contract import codec
from device_agent.contract.codec import Digest
from device_agent.digest import digest_bytes

_STRUCTURE_TYPES = {TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL}
_STRUCTURE_VALUES = 64
"""Integer initializers up to this many values are axes, shapes and indices, not weights."""


def graph_digest(model_file: Path) -> Digest:
    """Return the identity of an ONNX file's graph and operator sets."""
    model = onnx.load(model_file, load_external_data=False)
    opsets = sorted((entry.domain, entry.version) for entry in model.opset_import)
    return _digest(opsets, _graph(model.graph, {}))


def _digest(*parts: object) -> Digest:
    return digest_bytes(codec.encode(parts))


def _graph(graph: GraphProto, outer: Mapping[str, Digest]) -> Digest:
    """Give every value the digest of how it is computed; nodes stand in topological order."""
    values = dict(outer)
    for tensor in graph.initializer:
        values[tensor.name] = _digest("weight", _weight(tensor))
    for value in graph.input:
        if value.name not in values:
            values[value.name] = _digest("input", value.name, _interface(value))
    for node in graph.node:
        inputs = [values[name] if name else None for name in node.input]
        if node.op_type == "Identity":
            values[node.output[0]] = values[node.input[0]]
            continue
        attributes = {entry.name: _attribute(entry, values) for entry in node.attribute}
        computed = _digest(node.domain, node.op_type, attributes, inputs)
        for position, name in enumerate(node.output):
            values[name] = _digest(computed, position)
    return _digest([(value.name, _interface(value), values[value.name]) for value in graph.output])


def _weight(tensor: TensorProto) -> tuple[object, ...]:
    shape = list(tensor.dims)
    count = 1
    for size in shape:
        count *= size
    if tensor.data_type in _STRUCTURE_TYPES and count <= _STRUCTURE_VALUES:
        return tensor.data_type, shape, onnx.numpy_helper.to_array(tensor).tolist()
    return tensor.data_type, shape


def _interface(value: ValueInfoProto) -> tuple[int, list[int | None]]:
    """Return element type and shape; None for a dynamic axis, whatever it is called."""
    tensor = value.type.tensor_type
    sizes = [size.dim_value if size.HasField("dim_value") else None for size in tensor.shape.dim]
    return tensor.elem_type, sizes


def _attribute(attribute: AttributeProto, values: Mapping[str, Digest]) -> object:
    """Return an attribute's value in comparable form; tensors of Constant nodes are structure."""
    if attribute.type == AttributeProto.GRAPH:
        return _graph(attribute.g, values)
    if attribute.type == AttributeProto.GRAPHS:
        return [_graph(graph, values) for graph in attribute.graphs]
    if attribute.type == AttributeProto.TENSOR:
        array = onnx.numpy_helper.to_array(attribute.t)
        return [str(array.dtype), list(array.shape), digest_bytes(array.tobytes())]
    value = onnx.helper.get_attribute_value(attribute)
    if isinstance(value, int | float | bytes):
        return value.decode() if isinstance(value, bytes) else value
    return [entry.decode() if isinstance(entry, bytes) else entry for entry in value]
