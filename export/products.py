"""What a rewriting is told of a product or look-up, and what it gives back for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from onnx import NodeProto, helper

from export.initializers import Array, Weight

CONTRIBUTED = "com.microsoft"
"""The domain of operators that only onnxruntime has."""

Matrix: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Product:
    """A product of a computed value with a matrix of weights.

    Attributes:
        name: The node's, for messages.
        left: Name of the computed value, float32 [..., rows].
        matrix: Returns float32 [rows, columns]; read from disk at each call.
        rows: Of the matrix.
        columns: Of the matrix.
        bias: Name of what is added, float32 [columns]; None for nothing.
        output: Name of the result, the bias included.
    """

    name: str
    left: str
    matrix: Callable[[], Matrix]
    rows: int
    columns: int
    bias: str | None
    output: str


@dataclass(frozen=True)
class LookUp:
    """A look-up of rows in a table of weights.

    Attributes:
        table: Returns float32 [count, width]; read from disk at each call.
        count: Rows of the table.
        width: Columns of the table.
        rows: Name of the row numbers, int64.
        output: Name of the result.
    """

    table: Callable[[], Matrix]
    count: int
    width: int
    rows: str
    output: str


class Written(NamedTuple):
    """What stands in a node's place: nodes in the order in which they run, and their weights.

    Weights that come from the matrix or table alone are named after the result, `<output>/…`, so
    that other nodes with the same matrix can share them.
    """

    nodes: list[NodeProto]
    weights: list[Weight]


WriteProduct: TypeAlias = Callable[[Product], Written]
WriteLookUp: TypeAlias = Callable[[LookUp], Written]


class Together:
    """Integers and scales of one weight, computed together, and let go once both were taken.

    Weights are written in the order in which they are listed: integers first.
    """

    def __init__(self, compute: Callable[[], tuple[Array, Array]]) -> None:
        self._compute = compute
        self._scales: Array | None = None

    def integers(self) -> Array:
        """Compute both; the scales are kept for `scales`, which is called next."""
        integers, self._scales = self._compute()
        return integers

    def scales(self) -> Array:
        """Return the scales."""
        assert self._scales is not None
        scales, self._scales = self._scales, None
        return scales


def make(kind: str, inputs: list[str], output: str, **attributes: Any) -> NodeProto:
    """Make a node with one output, after which it is named."""
    return helper.make_node(kind, inputs, [output], name=f"{output}/{kind}", **attributes)
