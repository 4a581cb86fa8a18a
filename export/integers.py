"""Write products and look-ups with int8 weights.

Weights are symmetric, so that there is no zero point to subtract, which made the same product 5 to
13 % slower. Left operands become uint8, their range found at each run or beforehand. A look-up
table has a scale per row: one scale for 250,002 tokens would be that of the largest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from onnx import NodeProto, TensorProto, helper

from export.initializers import Weight
from export.products import CONTRIBUTED, LookUp, Product, Together, Written, make

_LARGEST = 127
"""-128 stays unused: a range that is its own mirror needs no zero point."""

_STEPS = 255
_LEAST = 1e-30
_ROWS_AT_ONCE = 8192

Integers = npt.NDArray[np.int8]
Scales = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Operand:
    """A product's left operand as uint8: names of its values, its scale and its zero point.

    Attributes:
        is_constant: Whether scale and zero point are known beforehand.
    """

    values: str
    scale: str
    zero_point: str
    is_constant: bool


class Range(NamedTuple):
    """The values that an operand takes; what lies outside is cut off."""

    least: float
    largest: float


Quantizer = Callable[[str], tuple[Written, Operand]]
"""Takes the name of a float operand; returns what makes it uint8, and the names of the result."""


def dynamic(operand: str) -> tuple[Written, Operand]:
    """Find the operand's range anew at each run."""
    made = _operand(operand, is_constant=False)
    outputs = [made.values, made.scale, made.zero_point]
    node = helper.make_node("DynamicQuantizeLinear", [operand], outputs, name=f"{operand}/quantize")
    return Written([node], []), made


def static(ranges: Mapping[str, Range]) -> Quantizer:
    """Return a quantizer with ranges that were found beforehand, by operand."""

    def quantizer(operand: str) -> tuple[Written, Operand]:
        made = _operand(operand, is_constant=True)
        scale, zero_point = _scale_and_zero_point(ranges[operand])
        node = make("QuantizeLinear", [operand, made.scale, made.zero_point], made.values)
        weights = [Weight.of(made.scale, scale), Weight.of(made.zero_point, zero_point)]
        return Written([node], weights), made

    return quantizer


def _operand(name: str, *, is_constant: bool) -> Operand:
    return Operand(f"{name}/uint8", f"{name}/scale", f"{name}/zero_point", is_constant)


class IntegerProducts:
    """Writes products as integers; those of one operand share its quantization.

    Args:
        quantizer: Makes a left operand integer; called once an operand.
    """

    def __init__(self, quantizer: Quantizer) -> None:
        self._quantizer = quantizer
        self._operands: dict[str, Operand] = {}

    def __call__(self, product: Product) -> Written:
        """Write one product; the result has the product's own name."""
        before = Written([], [])
        if product.left not in self._operands:
            before, self._operands[product.left] = self._quantizer(product.left)
        operand = self._operands[product.left]
        integers, scales = f"{product.output}/int8", f"{product.output}/scales"
        found = Together(lambda: by_column(product.matrix()))
        write = _fused if operand.is_constant else _spelt_out
        return Written(
            nodes=[*before.nodes, *write(product, operand, integers, scales)],
            weights=[
                *before.weights,
                Weight(
                    integers, np.dtype(np.int8), (product.rows, product.columns), found.integers
                ),
                Weight(scales, np.dtype(np.float32), (product.columns,), found.scales),
            ],
        )


def _spelt_out(product: Product, operand: Operand, integers: str, scales: str) -> list[NodeProto]:
    """Multiply in ONNX's own operators: the pattern that onnxruntime runs as one."""
    whole, factor = f"{product.output}/int32", f"{product.output}/factor"
    result = f"{product.output}/float" if product.bias else product.output
    nodes = [
        make("MatMulInteger", [operand.values, integers, operand.zero_point], whole),
        make("Cast", [whole], f"{whole}/float", to=TensorProto.FLOAT),
        make("Mul", [operand.scale, scales], factor),
        make("Mul", [f"{whole}/float", factor], result),
    ]
    if product.bias:
        nodes.append(make("Add", [result, product.bias], product.output))
    return nodes


def _fused(product: Product, operand: Operand, integers: str, scales: str) -> list[NodeProto]:
    """Multiply in onnxruntime's operator: it folds constant factors before it knows the pattern.

    The pattern then runs as three operators: XLM-R base was 5 % slower at 128 tokens.
    """
    inputs = [operand.values, integers, operand.scale, scales, operand.zero_point]
    bias = ["", product.bias] if product.bias else []
    return [make("MatMulIntegerToFloat", [*inputs, *bias], product.output, domain=CONTRIBUTED)]


def look_up(found: LookUp) -> Written:
    """Write one look-up: rows are looked up as int8, then made float."""
    integers, scales = f"{found.output}/int8", f"{found.output}/scales"
    row, factor = f"{found.output}/row", f"{found.output}/factor"
    rounded = Together(lambda: by_row(found.table()))
    return Written(
        nodes=[
            make("Gather", [integers, found.rows], row),
            make("Gather", [scales, found.rows], factor),
            make("Cast", [row], f"{row}/float", to=TensorProto.FLOAT),
            make("Mul", [f"{row}/float", factor], found.output),
        ],
        weights=[
            Weight(integers, np.dtype(np.int8), (found.count, found.width), rounded.integers),
            Weight(scales, np.dtype(np.float32), (found.count, 1), rounded.scales),
        ],
    )


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


def _scale_and_zero_point(found: Range) -> tuple[Scales, npt.NDArray[np.uint8]]:
    """Return scale and zero point that spread a range over 0 to 255 and keep 0 exact."""
    least, largest = min(found.least, 0.0), max(found.largest, 0.0)
    scale = np.float32((largest - least) / _STEPS if largest - least > _LEAST else 1.0)
    return np.asarray(scale), np.asarray(np.rint(-least / scale), dtype=np.uint8)


def _scales(largest: npt.NDArray[np.float32]) -> Scales:
    """Return the scales; that of zeros is 1, because one of 0 would divide by it."""
    scales: Scales = np.where(largest > _LEAST, largest / _LARGEST, 1.0).astype(np.float32)
    return scales


def _integers(values: npt.NDArray[np.float32], scales: Scales) -> Integers:
    scaled = values / scales
    np.rint(scaled, out=scaled)
    return scaled.astype(np.int8)
