"""LiteRT models without a converter: written node by node, with the schema that the engine has."""

from __future__ import annotations

import types
from pathlib import Path

from device_agent.runtimes.litert import SIGNATURE

ALL = ("input_ids", "attention_mask", "token_type_ids")


def write_sum(
    folder: Path, inputs: tuple[str, ...] = ALL, buckets: tuple[int, ...] = (4, 8)
) -> None:
    """Write a model whose `logits` are the sum of its inputs as float, a signature a bucket."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT()
    model.version = 3
    model.buffers = [schema.BufferT()]
    model.operatorCodes = []
    for code in (schema.BuiltinOperator.ADD, schema.BuiltinOperator.CAST):
        entry = schema.OperatorCodeT()
        entry.builtinCode = entry.deprecatedBuiltinCode = code
        entry.version = 1
        model.operatorCodes.append(entry)
    model.subgraphs = []
    model.signatureDefs = []
    for index, size in enumerate(buckets):
        graph, signature = _sum_graph(schema, inputs, size)
        signature.subgraphIndex = index
        model.subgraphs.append(graph)
        model.signatureDefs.append(signature)
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    (folder / "model.tflite").write_bytes(builder.Output())


def _sum_graph(
    schema: types.ModuleType, inputs: tuple[str, ...], size: int
) -> tuple[object, object]:
    graph = schema.SubGraphT()
    count = len(inputs)
    sums = [f"sum_{index}" for index in range(1, count)]
    graph.tensors = []
    for name in (*inputs, *sums, "logits"):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.buffer = name, [1, size], 0
        float_type, int_type = schema.TensorType.FLOAT32, schema.TensorType.INT32
        tensor.type = float_type if name == "logits" else int_type
        graph.tensors.append(tensor)
    last = len(graph.tensors) - 1
    graph.operators = []
    left = 0
    for index in range(1, count):
        node = schema.OperatorT()
        node.opcodeIndex, node.inputs, node.outputs = 0, [left, index], [count + index - 1]
        node.builtinOptionsType = schema.BuiltinOptions.AddOptions
        node.builtinOptions = schema.AddOptionsT()
        graph.operators.append(node)
        left = count + index - 1
    node = schema.OperatorT()
    node.opcodeIndex, node.inputs, node.outputs = 1, [left], [last]
    node.builtinOptionsType = schema.BuiltinOptions.CastOptions
    node.builtinOptions = schema.CastOptionsT()
    node.builtinOptions.inDataType = schema.TensorType.INT32
    node.builtinOptions.outDataType = schema.TensorType.FLOAT32
    graph.operators.append(node)
    graph.inputs, graph.outputs = list(range(count)), [last]
    signature = schema.SignatureDefT()
    signature.signatureKey = SIGNATURE.format(size)
    signature.inputs = [_named(schema, name, index) for index, name in enumerate(inputs)]
    signature.outputs = [_named(schema, "logits", last)]
    return graph, signature


def _named(schema: types.ModuleType, name: str, index: int) -> object:
    entry = schema.TensorMapT()
    entry.name, entry.tensorIndex = name, index
    return entry
