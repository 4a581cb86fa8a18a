"""Graph identity: the same computation has one digest, anything else another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from export.graph import graph_digest


def build(
    *,
    names: tuple[str, str] = ("a", "b"),
    weight: float = 1.0,
    width: int = 4,
    operator: str = "Relu",
    axes: tuple[int, ...] = (0,),
    reverse: bool = False,
    through_identity: bool = False,
    batch: str = "batch",
) -> onnx.ModelProto:
    """Build x -> MatMul(w) -> operator, and beside it Abs(x); both added, one axis added."""
    first, second = names
    source = "same" if through_identity else "w"
    branches = [
        [
            helper.make_node("MatMul", ["x", source], [first], name=f"node-{first}"),
            helper.make_node(operator, [first], [second]),
        ],
        [helper.make_node("Abs", ["x"], ["abs"])],
    ]
    if reverse:
        branches.reverse()
    identity = [helper.make_node("Identity", ["w"], ["same"])] if through_identity else []
    nodes = [
        *identity,
        *branches[0],
        *branches[1],
        helper.make_node("Add", [second, "abs"], ["sum"]),
        helper.make_node("Unsqueeze", ["sum", "axes"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, width])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [
            numpy_helper.from_array(np.full((width, width), weight, np.float32), "w"),
            numpy_helper.from_array(np.array(axes, np.int64), "axes"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


@pytest.fixture
def digest(tmp_path: Path) -> Callable[[onnx.ModelProto], str]:
    def of(model: onnx.ModelProto) -> str:
        onnx.save(model, tmp_path / "model.onnx")
        return graph_digest(tmp_path / "model.onnx")

    return of


Digest = Callable[[onnx.ModelProto], str]


@pytest.mark.parametrize(
    "same",
    [
        build(weight=2.0),
        build(names=("other", "words")),
        build(reverse=True),
        build(through_identity=True),
        build(batch="n"),
    ],
    ids=["weights", "names", "order", "identity", "axis-name"],
)
def test_what_does_not_change_the_computation_keeps_the_digest(
    digest: Digest, same: onnx.ModelProto
) -> None:
    """Trained weights, names, listing order and nodes that pass a value on do not enter."""
    assert digest(same) == digest(build())


@pytest.mark.parametrize(
    "other",
    [build(operator="Sigmoid"), build(width=8), build(axes=(1,))],
    ids=["operator", "shape", "axes"],
)
def test_what_changes_the_computation_changes_the_digest(
    digest: Digest, other: onnx.ModelProto
) -> None:
    """Another operator, weight shape or axis is another graph."""
    assert digest(other) != digest(build())


def test_an_operator_set_is_part_of_the_identity(digest: Digest) -> None:
    """An operator may mean something else in another version."""
    other = build()
    other.opset_import[0].version = 18
    assert digest(other) != digest(build())


def test_subgraphs_are_read_too(digest: Digest) -> None:
    """A difference inside a branch of an If is a difference."""

    def branching(operator: str) -> onnx.ModelProto:
        branch = helper.make_graph(
            [helper.make_node(operator, ["x"], ["inner"])],
            "branch",
            [],
            [helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)],
        )
        node = helper.make_node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)
        graph = helper.make_graph(
            [node],
            "test",
            [
                helper.make_tensor_value_info("c", TensorProto.BOOL, []),
                helper.make_tensor_value_info("x", TensorProto.FLOAT, [1]),
            ],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        )
        return helper.make_model(graph)

    assert digest(branching("Abs")) == digest(branching("Abs"))
    assert digest(branching("Abs")) != digest(branching("Neg"))
