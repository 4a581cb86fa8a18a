"""Rewrite a graph's products and look-ups so that their weights are int8.

A product becomes QuantizeLinear or DynamicQuantizeLinear, MatMulInteger, and the way back to
float: the pattern that onnxruntime runs as one operator. Weights are symmetric, so that there is
no zero point to subtract, which made the same product 5 to 13 % slower. A look-up table has a
scale per row: one scale for 250,002 tokens would be that of the largest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, helper

from device_agent.contract.artifact import Quantization
from export.initializers import Array, Initializers, Weight, write

_LARGEST = 127
"""-128 stays unused: a range that is its own mirror needs no zero point."""

_LEAST = 1e-30
_LEAST_COLUMNS = 32
_LEAST_ROWS = 32
_ROWS_AT_ONCE = 8192

Integers = npt.NDArray[np.int8]
Scales = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Operand:
    """A product's left operand as uint8: names of its values, its scale and its zero point."""

    values: str
    scale: str
    zero_point: str


Quantizer = Callable[[str], tuple[list[NodeProto], list[Weight], Operand]]
"""Takes the name of a float operand; returns the nodes and constants that make it uint8."""


def dynamic(operand: str) -> tuple[list[NodeProto], list[Weight], Operand]:
    """Find the operand's range anew at each run."""
    made = Operand(f"{operand}/uint8", f"{operand}/scale", f"{operand}/zero_point")
    outputs = [made.values, made.scale, made.zero_point]
    node = helper.make_node("DynamicQuantizeLinear", [operand], outputs, name=f"{operand}/quantize")
    return [node], [], made


def rewrite(
    source: Path, target: Path, quantizer: Quantizer, parameters: Mapping[str, str]
) -> Quantization:
    """Write `target` as `source` with integer products and look-ups.

    Args:
        source: An fp32 ONNX file; its weights may lie beside it.
        target: The file to write.
        quantizer: Makes the left operand of a product integer; called once an operand.
        parameters: The recipe's settings, for the report.

    Returns:
        What was rewritten, and why each other product or look-up was left.
    """
    model = onnx.load(source, load_external_data=False)
    rewriting = _Rewriting(Initializers(model.graph, source.parent), quantizer)
    nodes = [made for node in model.graph.node for made in rewriting.node(node)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    kept = [rewriting.given.weight(name) for name in rewriting.given if name in used]
    write(model, [*kept, *rewriting.made], target)
    return Quantization(
        quantized=dict(rewriting.done), skipped=rewriting.skipped, parameters=dict(parameters)
    )


class _Rewriting:
    """What one pass over a graph has made so far."""

    def __init__(self, given: Initializers, quantizer: Quantizer) -> None:
        self.given = given
        self.made: list[Weight] = []
        self.done: Counter[str] = Counter()
        self.skipped: dict[str, str] = {}
        self._quantizer = quantizer
        self._operands: dict[str, Operand] = {}

    def node(self, node: NodeProto) -> Iterator[NodeProto]:
        """Yield what stands in the node's place."""
        if node.op_type in ("MatMul", "Gemm"):
            yield from self._product(node)
        elif node.op_type == "Gather" and self.given.is_matrix(node.input[0]):
            yield from self._look_up(node)
        else:
            yield node

    def _product(self, node: NodeProto) -> Iterator[NodeProto]:
        left, right = node.input[:2]
        reason = self._why_not_product(node, left, right)
        if reason:
            self.skipped[node.name] = reason
            yield node
            return
        if left not in self._operands:
            nodes, weights, self._operands[left] = self._quantizer(left)
            self.made += weights
            yield from nodes
        operand = self._operands[left]
        turned = _attributes(node).get("transB", 0) == 1
        rows, columns = self.given.shape(right)[:: -1 if turned else 1]
        integers, scales, product, factor = (
            f"{node.output[0]}/{part}" for part in ("int8", "scales", "int32", "factor")
        )
        found = _Once(lambda: by_column(self.given[right].T if turned else self.given[right]))
        self.made += [
            Weight(integers, np.dtype(np.int8), (rows, columns), found.integers),
            Weight(scales, np.dtype(np.float32), (columns,), found.scales),
        ]
        bias = node.input[2] if node.op_type == "Gemm" and len(node.input) > 2 else None
        result = f"{node.output[0]}/float" if bias else node.output[0]
        yield _make("MatMulInteger", [operand.values, integers, operand.zero_point], product)
        yield _make("Cast", [product], f"{product}/float", to=TensorProto.FLOAT)
        yield _make("Mul", [operand.scale, scales], factor)
        yield _make("Mul", [f"{product}/float", factor], result)
        if bias:
            yield _make("Add", [result, bias], node.output[0])
        self.done[node.op_type] += 1

    def _why_not_product(self, node: NodeProto, left: str, right: str) -> str | None:
        if right not in self.given or left in self.given:
            return "has no weights: every operand is computed"
        attributes = _attributes(node)
        odd = {"transA": 0, "alpha": 1.0, "beta": 1.0}
        if not self.given.is_matrix(right) or any(
            attributes.get(name, plain) != plain for name, plain in odd.items()
        ):
            return "is not a plain product with a matrix"
        columns = self.given.shape(right)[0 if attributes.get("transB") == 1 else 1]
        if columns < _LEAST_COLUMNS:
            return f"has {columns} outputs, the scores themselves: too few to gain anything"
        return None

    def _look_up(self, node: NodeProto) -> Iterator[NodeProto]:
        table, rows = node.input
        count, width = self.given.shape(table)
        if count < _LEAST_ROWS:
            self.skipped[node.name] = f"has {count} rows: too few to gain anything"
            yield node
            return
        integers, scales = f"{node.output[0]}/int8", f"{node.output[0]}/scales"
        found = _Once(lambda: by_row(self.given[table]))
        self.made += [
            Weight(integers, np.dtype(np.int8), (count, width), found.integers),
            Weight(scales, np.dtype(np.float32), (count, 1), found.scales),
        ]
        row, factor = f"{node.output[0]}/row", f"{node.output[0]}/factor"
        yield _make("Gather", [integers, rows], row)
        yield _make("Gather", [scales, rows], factor)
        yield _make("Cast", [row], f"{row}/float", to=TensorProto.FLOAT)
        yield _make("Mul", [f"{row}/float", factor], node.output[0])
        self.done["Gather"] += 1


class _Once:
    """Integers and scales of one weight, computed together, and let go once both were taken."""

    def __init__(self, compute: Callable[[], tuple[Integers, Scales]]) -> None:
        self._compute = compute
        self._scales: Scales | None = None

    def integers(self) -> Array:
        """Compute both; the scales are kept for `scales`, which is called next."""
        integers, self._scales = self._compute()
        return integers

    def scales(self) -> Array:
        """Return the scales."""
        assert self._scales is not None
        return self._scales


def by_column(matrix: npt.NDArray[Any]) -> tuple[Integers, Scales]:
    """Quantize float32 [rows, columns] symmetrically, a scale per column: float32 [columns]."""
    scales = _scales(np.maximum(matrix.max(axis=0), -matrix.min(axis=0)))
    return _integers(matrix, scales), scales


def by_row(table: npt.NDArray[Any]) -> tuple[Integers, Scales]:
    """Quantize float32 [rows, columns] symmetrically, a scale per row: float32 [rows, 1]."""
    integers = np.empty(table.shape, dtype=np.int8)
    scales = np.empty((len(table), 1), dtype=np.float32)
    for begin in range(0, len(table), _ROWS_AT_ONCE):
        rows = np.asarray(table[begin : begin + _ROWS_AT_ONCE])
        part = slice(begin, begin + len(rows))
        largest = np.maximum(rows.max(axis=1, keepdims=True), -rows.min(axis=1, keepdims=True))
        scales[part] = _scales(largest)
        integers[part] = _integers(rows, scales[part])
    return integers, scales


def _scales(largest: npt.NDArray[np.float32]) -> Scales:
    """Return the scales; that of zeros is 1, because one of 0 would divide by it."""
    scales: Scales = np.where(largest > _LEAST, largest / _LARGEST, 1.0).astype(np.float32)
    return scales


def _integers(values: npt.NDArray[np.float32], scales: Scales) -> Integers:
    scaled = values / scales
    np.rint(scaled, out=scaled)
    return scaled.astype(np.int8)


def _make(kind: str, inputs: list[str], output: str, **attributes: int) -> NodeProto:
    """Make a node that is named after its output."""
    return helper.make_node(kind, inputs, [output], name=f"{output}/{kind}", **attributes)


def _attributes(node: NodeProto) -> Mapping[str, object]:
    return {entry.name: helper.get_attribute_value(entry) for entry in node.attribute}
