"""Rewrite a LiteRT file so that matrices of weights and look-up tables are 16-bit floats.

A product's weights are unpacked when the file is loaded, which the engine does once for all
buckets. A look-up's rows are unpacked after they were looked up: unpacked before, XLM-R base's
table would take 0.75 GB of memory in every bucket.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

_IDENTIFIER = b"TFL3"
_PRODUCT = schema.BuiltinOperator.FULLY_CONNECTED
_LOOK_UP = schema.BuiltinOperator.EMBEDDING_LOOKUP
_UNPACK = schema.BuiltinOperator.DEQUANTIZE
_FP32 = schema.TensorType.FLOAT32
_FP16 = schema.TensorType.FLOAT16


def rewrite(source: Path, target: Path) -> None:
    """Write `target` as `source` with 16-bit weights."""
    model = schema.ModelT.InitFromPackedBuf(source.read_bytes(), 0)
    rewriting = _Rewriting(model)
    for graph in model.subgraphs:
        rewriting.graph(graph)
    rewriting.halve()
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), _IDENTIFIER)
    target.write_bytes(builder.Output())


class _Rewriting:
    """One pass over a model, whose buckets share the buffers of their weights."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._unpack = self._operator_code()
        self._buffers: set[int] = set()

    def graph(self, graph: Any) -> None:
        """Let a bucket's products and look-ups read 16-bit weights."""
        nodes: list[Any] = []
        unpacked: dict[int, int] = {}
        for node in graph.operators:
            code = self._model.operatorCodes[node.opcodeIndex].builtinCode
            weights = int(node.inputs[1]) if code in (_PRODUCT, _LOOK_UP) else -1
            if weights < 0 or not (weights in unpacked or self._is_matrix(graph, weights)):
                nodes.append(node)
                continue
            if code == _PRODUCT:
                if weights not in unpacked:
                    unpacked[weights] = _tensor(graph, weights, "fp32", _FP32)
                    nodes.append(self._unpacking(weights, unpacked[weights]))
                node.inputs = [node.inputs[0], unpacked[weights], *node.inputs[2:]]
                nodes.append(node)
            else:
                (result,) = node.outputs
                rows = _tensor(graph, result, "fp16", _FP16)
                node.outputs = [rows]
                nodes += [node, self._unpacking(rows, result)]
            self._buffers.add(graph.tensors[weights].buffer)
        graph.operators = nodes
        for tensor in graph.tensors:
            if tensor.buffer in self._buffers and tensor.type == _FP32:
                tensor.type = _FP16

    def halve(self) -> None:
        """Round the weights that were found, each buffer once."""
        for number in self._buffers:
            buffer = self._model.buffers[number]
            halves = np.frombuffer(bytes(buffer.data), dtype=np.float32).astype(np.float16)
            buffer.data = np.frombuffer(halves.tobytes(), dtype=np.uint8)

    def _is_matrix(self, graph: Any, number: int) -> bool:
        tensor = graph.tensors[number]
        data = self._model.buffers[tensor.buffer].data
        return tensor.type == _FP32 and data is not None and len(tensor.shape) == 2

    def _unpacking(self, source: int, result: int) -> Any:
        node = schema.OperatorT()
        node.opcodeIndex, node.inputs, node.outputs = self._unpack, [source], [result]
        return node

    def _operator_code(self) -> int:
        """Add DEQUANTIZE to the model's operators; version 2 takes 16-bit floats."""
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = _UNPACK
        code.version = 2
        self._model.operatorCodes.append(code)
        return len(self._model.operatorCodes) - 1


def _tensor(graph: Any, like: int, ending: str, element_type: int) -> int:
    """Add a computed tensor in the shape of another and return its number."""
    model = graph.tensors[like]
    made = schema.TensorT()
    made.name = f"{_text(model.name)}/{ending}".encode()
    made.shape, made.type, made.buffer = model.shape, element_type, 0
    graph.tensors.append(made)
    return len(graph.tensors) - 1


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)
