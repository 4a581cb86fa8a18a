"""Write products and look-ups with 4-bit weights, in the layout of onnxruntime's own operators.

A block is a stretch of a matrix' column or a table's row with a scale of its own. Layout: for each
column or row its blocks, for each block its values two a byte, the earlier one in the lower half.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from export import integers
from export.initializers import Weight
from export.products import CONTRIBUTED, LookUp, Product, Together, Written, make

_BITS = 4
_MIDDLE = 8
_LARGEST = 15
_LEAST = 1e-30
_ROWS_AT_ONCE = 1024
_LEAST_ROWS = 1024
"""Positions have fewer: nothing to gain, and a tenth of the whole error to lose."""


Packed = npt.NDArray[np.uint8]
Scales = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Nibbles:
    """Writes products and look-ups with 4-bit weights.

    Attributes:
        block: Values that share a scale; a power of two, at least 16.
        accuracy_level: 1 computes in float32; 4 lets the kernel round activations to int8.
    """

    block: int
    accuracy_level: int

    def product(self, product: Product) -> Written:
        """Write one product; the result has the product's own name."""
        weights, scales = f"{product.output}/int4", f"{product.output}/scales"
        found = Together(lambda: by_block(product.matrix().T, self.block))
        blocks = math.ceil(product.rows / self.block)
        bias = ["", "", product.bias] if product.bias else []
        node = make(
            "MatMulNBits",
            [product.left, weights, scales, *bias],
            product.output,
            domain=CONTRIBUTED,
            K=product.rows,
            N=product.columns,
            bits=_BITS,
            block_size=self.block,
            accuracy_level=self.accuracy_level,
        )
        packed = (product.columns, blocks, self.block // 2)
        made = [
            Weight(weights, np.dtype(np.uint8), packed, found.integers),
            Weight(scales, np.dtype(np.float32), (product.columns * blocks,), found.scales),
        ]
        return Written([node], made)

    def look_up(self, found: LookUp) -> Written:
        """Write one look-up; in int8 if it is small, or if its rows are no whole blocks."""
        if found.count < _LEAST_ROWS or found.width % self.block:
            return integers.look_up(found)
        weights, scales = f"{found.output}/int4", f"{found.output}/scales"
        blocks = found.width // self.block
        rounded = Together(lambda: by_block(found.table(), self.block))
        node = make(
            "GatherBlockQuantized",
            [weights, found.rows, scales],
            found.output,
            domain=CONTRIBUTED,
            bits=_BITS,
            block_size=self.block,
            gather_axis=0,
            quantize_axis=1,
        )
        made = [
            Weight(
                weights,
                np.dtype(np.uint8),
                (found.count, found.width // 2),
                lambda: rounded.integers().reshape(found.count, found.width // 2),
            ),
            Weight(
                scales,
                np.dtype(np.float32),
                (found.count, blocks),
                lambda: rounded.scales().reshape(found.count, blocks),
            ),
        ]
        return Written([node], made)


def by_block(table: npt.NDArray[Any], block: int) -> tuple[Packed, Scales]:
    """Quantize float32 [rows, width] to 4 bits, some rows at a time.

    Returns:
        uint8 [rows, blocks, block / 2] and float32 [rows * blocks].
    """
    rows, width = table.shape
    blocks = math.ceil(width / block)
    packed = np.empty((rows, blocks, block // 2), dtype=np.uint8)
    scales = np.empty((rows, blocks), dtype=np.float32)
    for begin in range(0, rows, _ROWS_AT_ONCE):
        part = slice(begin, begin + _ROWS_AT_ONCE)
        values = np.asarray(table[part])
        padded = np.pad(values, ((0, 0), (0, blocks * block - width)))
        packed[part], scales[part] = _pack(padded.reshape(len(values), blocks, block))
    return packed, scales.ravel()


def _pack(values: npt.NDArray[np.float32]) -> tuple[Packed, Scales]:
    """Round blocks so that the value farthest from zero becomes -8, the end of the longer half."""
    farthest = np.take_along_axis(values, np.abs(values).argmax(axis=-1, keepdims=True), axis=-1)
    scales = np.where(np.abs(farthest) > _LEAST, farthest / -_MIDDLE, 1.0).astype(np.float32)
    whole = np.clip(np.rint(values / scales) + _MIDDLE, 0, _LARGEST).astype(np.uint8)
    return whole[..., ::2] | (whole[..., 1::2] << _BITS), scales[..., 0]
