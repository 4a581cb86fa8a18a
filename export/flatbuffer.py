"""Read a finished LiteRT file: what its graph is, and what of it is quantized."""

from __future__ import annotations

import mmap
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from device_agent.contract import codec
from device_agent.contract.artifact import Quantization
from device_agent.contract.codec import Digest
from device_agent.digest import digest_bytes
from export.errors import ExportError

WEIGHTED = ("FULLY_CONNECTED", "EMBEDDING_LOOKUP", "BATCH_MATMUL")
"""Operators whose second operand can be a matrix of weights."""

_STRUCTURE_VALUES = 64
"""Integer constants up to this many values are axes, shapes and indices, not weights."""

_OPERATORS = {code: name for name, code in vars(schema.BuiltinOperator).items() if name.isupper()}
_TYPES = {code: name for name, code in vars(schema.TensorType).items() if name.isupper()}
_REDUCED = ("INT8", "FLOAT16")


@dataclass(frozen=True)
class Node:
    """One operator of a bucket's graph.

    Attributes:
        operator: Its name, such as FULLY_CONNECTED.
        version: Of the operator.
        options: Its attributes.
        inputs: Numbers of tensors; -1 for one that is left out.
        outputs: Numbers of tensors.
    """

    operator: str
    version: int
    options: Mapping[str, Any]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class Graph:
    """One bucket's graph: a subgraph of the file."""

    def __init__(self, file: mmap.mmap, model: Any, graph: Any) -> None:
        self._file = file
        self._model = model
        self._graph = graph
        self.name: str = graph.Name().decode()

    def nodes(self) -> Iterator[Node]:
        """Yield the operators in the order of their work."""
        for index in range(self._graph.OperatorsLength()):
            found = schema.OperatorT.InitFromObj(self._graph.Operators(index))
            code = self._model.OperatorCodes(found.opcodeIndex)
            yield Node(
                operator=_OPERATORS[code.BuiltinCode()],
                version=code.Version(),
                options=dict(vars(found.builtinOptions)) if found.builtinOptions else {},
                inputs=tuple(int(number) for number in found.inputs),
                outputs=tuple(int(number) for number in found.outputs),
            )

    def inputs(self) -> tuple[int, ...]:
        """Return the numbers of the input tensors."""
        return tuple(int(number) for number in self._graph.InputsAsNumpy())

    def outputs(self) -> tuple[int, ...]:
        """Return the numbers of the output tensors."""
        return tuple(int(number) for number in self._graph.OutputsAsNumpy())

    def type_of(self, number: int) -> str:
        """Return a tensor's element type, such as INT8."""
        return str(_TYPES[self._graph.Tensors(number).Type()])

    def shape_of(self, number: int) -> tuple[int, ...]:
        """Return a tensor's shape."""
        tensor = self._graph.Tensors(number)
        return tuple(tensor.ShapeAsNumpy().tolist()) if tensor.ShapeLength() else ()

    def scales_of(self, number: int) -> int:
        """Return how many scales a tensor has: none, one, or one a channel."""
        found = self._graph.Tensors(number).Quantization()
        return found.ScaleLength() if found is not None else 0

    def data_of(self, number: int) -> bytes | None:
        """Return a constant's bytes; None for a tensor that is computed."""
        buffer = self._buffer(number)
        if buffer is None:
            return None
        if buffer.DataLength():
            return bytes(buffer.DataAsNumpy())
        return self._file[buffer.Offset() : buffer.Offset() + buffer.Size()]

    def is_constant(self, number: int) -> bool:
        """Say whether the file holds the tensor's values."""
        return self._buffer(number) is not None

    def _buffer(self, number: int) -> Any | None:
        """Return a constant's buffer, whose bytes lie in it or, large ones, further on in the file.

        Offsets 0 and 1 stand for none.
        """
        if number < 0:
            return None
        buffer = self._model.Buffers(self._graph.Tensors(number).Buffer())
        return buffer if buffer.DataLength() or buffer.Offset() > 1 else None


def graphs(model_file: Path) -> list[Graph]:
    """Open a LiteRT file, which is mapped; one graph a bucket."""
    with model_file.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    model = schema.Model.GetRootAs(mapped)
    return [
        Graph(mapped, model, model.Subgraphs(index)) for index in range(model.SubgraphsLength())
    ]


def graph_digest(model_file: Path) -> Digest:
    """Return the identity of a LiteRT file's graphs: operators, attributes, shapes, wiring."""
    return digest_bytes(codec.encode([_digest(graph) for graph in graphs(model_file)]))


def _digest(graph: Graph) -> Digest:
    """Give every tensor the digest of how it is computed; nodes stand in topological order."""
    values: dict[int, Any] = {-1: None}
    values |= {number: ["input", *_shape(graph, number)] for number in graph.inputs()}
    for node in graph.nodes():
        for number in node.inputs:
            if number not in values:
                values[number] = _constant(graph, number)
        made = [
            node.operator,
            node.version,
            sorted((name, str(value)) for name, value in node.options.items()),
            [values[number] for number in node.inputs],
        ]
        computed = digest_bytes(codec.encode(made))
        for position, number in enumerate(node.outputs):
            values[number] = [computed, position, *_shape(graph, number)]
    return digest_bytes(codec.encode([graph.name, [values[n] for n in graph.outputs()]]))


def _shape(graph: Graph, number: int) -> list[Any]:
    return [graph.type_of(number), list(graph.shape_of(number)), graph.scales_of(number)]


def _constant(graph: Graph, number: int) -> list[Any]:
    structural = graph.type_of(number) in ("INT32", "INT64", "BOOL")
    if structural and int(np.prod(graph.shape_of(number))) <= _STRUCTURE_VALUES:
        return ["constant", *_shape(graph, number), (graph.data_of(number) or b"").hex()]
    return ["weight", *_shape(graph, number)]


def quantization(model_file: Path, parameters: Mapping[str, str]) -> Quantization:
    """Tell what a finished file holds in fewer bits, per operator; buckets share their weights.

    Args:
        model_file: The LiteRT file.
        parameters: The recipe's settings, for the report.

    Raises:
        ExportError: Buckets differ, so that a row's length would decide how it is computed.
    """
    found = [_quantization(graph, parameters) for graph in graphs(model_file)]
    if any(other != found[0] for other in found):
        raise ExportError(
            f"{model_file.name}: its buckets are not quantized alike.",
            remedy="Export with the library versions of constraints.txt.",
        )
    return found[0]


def _quantization(graph: Graph, parameters: Mapping[str, str]) -> Quantization:
    done: Counter[str] = Counter()
    skipped: dict[str, str] = {}
    unpacked: dict[int, int] = {}
    for position, node in enumerate(graph.nodes()):
        if node.operator == "DEQUANTIZE":
            unpacked[node.outputs[0]] = node.inputs[0]
        if node.operator not in WEIGHTED:
            continue
        weights = unpacked.get(node.inputs[1], node.inputs[1])
        if not graph.is_constant(weights):
            skipped[f"{node.operator} {position}"] = "has no weights: every operand is computed"
        elif graph.type_of(weights) in _REDUCED:
            done[node.operator] += 1
        else:
            shape = " x ".join(map(str, graph.shape_of(weights)))
            skipped[f"{node.operator} {position}"] = f"the quantizer left its {shape} weights"
    return Quantization(quantized=dict(done), skipped=skipped, parameters=dict(parameters))
