"""A graph in halves computes what it computed in fp32, and refuses what a half cannot hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from export import halves
from export.errors import ExportError


def _model(nodes: list[onnx.NodeProto], weights: dict[str, np.ndarray], folder: Path) -> Path:
    """Write a graph from int64 input ids [?] to float32 output y."""
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, [None])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    path = folder / "source.onnx"
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    return path


def _constant(name: str, value: float) -> onnx.NodeProto:
    tensor = numpy_helper.from_array(np.float32(value))
    return helper.make_node("Constant", [], [name], value=tensor)


def _run(path: Path, ids: np.ndarray) -> np.ndarray:
    (output,) = onnxruntime.InferenceSession(path).run(None, {"ids": ids})
    return np.asarray(output)


CASTS = [
    helper.make_node("Gather", ["w", "ids"], ["row"]),
    helper.make_node("Cast", ["ids"], ["number"], to=TensorProto.FLOAT),
    helper.make_node("Add", ["row", "number"], ["y"]),
]


def test_outputs_stay_float32_and_weights_become_halves(tmp_path: Path) -> None:
    """Who reads the artifact need not know that it computes in halves."""
    table = np.random.default_rng(0).normal(size=(50,)).astype(np.float32)
    source = _model(CASTS, {"w": table}, tmp_path)
    report = halves.rewrite(source, tmp_path / "target.onnx", {})
    assert report.quantized == {"Gather": 1}
    (weight,) = onnx.load(tmp_path / "target.onnx").graph.initializer
    assert weight.data_type == TensorProto.FLOAT16
    found = _run(tmp_path / "target.onnx", np.arange(50))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, _run(source, np.arange(50)), rtol=2e-3, atol=2e-3)


def test_an_output_that_others_read_too_stays_whole(tmp_path: Path) -> None:
    """The cast stands behind the last reader's value, not in its place."""
    nodes = [
        helper.make_node("Gather", ["w", "ids"], ["y"]),
        helper.make_node("Neg", ["y"], ["unused"]),
    ]
    source = _model(nodes, {"w": np.arange(4, dtype=np.float32)}, tmp_path)
    halves.rewrite(source, tmp_path / "target.onnx", {})
    assert _run(tmp_path / "target.onnx", np.arange(4)).tolist() == [0, 1, 2, 3]


def test_a_mask_never_makes_a_row_of_nothing_else_infinite(tmp_path: Path) -> None:
    """-3.4e38 as a half is minus infinity, and a softmax over nothing but that is NaN."""
    nodes = [
        _constant("lowest", np.finfo(np.float32).min),
        helper.make_node("Gather", ["w", "ids"], ["scores"]),
        helper.make_node("Add", ["scores", "lowest"], ["masked"]),
        helper.make_node("Softmax", ["masked"], ["y"]),
    ]
    source = _model(nodes, {"w": np.linspace(-200, 0, 5, dtype=np.float32)}, tmp_path)
    halves.rewrite(source, tmp_path / "target.onnx", {})
    found = _run(tmp_path / "target.onnx", np.arange(5))
    assert found.sum() == pytest.approx(1, abs=0.01)


def test_a_tiny_constant_does_not_become_zero(tmp_path: Path) -> None:
    """It stands in a divisor, so that nothing is divided by zero."""
    nodes = [
        _constant("epsilon", 1e-12),
        helper.make_node("Gather", ["w", "ids"], ["row"]),
        helper.make_node("Div", ["row", "epsilon"], ["y"]),
    ]
    source = _model(nodes, {"w": np.zeros(3, dtype=np.float32)}, tmp_path)
    halves.rewrite(source, tmp_path / "target.onnx", {})
    assert _run(tmp_path / "target.onnx", np.arange(3)).tolist() == [0, 0, 0]


@pytest.mark.parametrize("value", [1e6, -1e6, 65_520.0])
def test_a_weight_too_large_for_a_half_is_named(value: float, tmp_path: Path) -> None:
    """It would become infinite, and all that it touches NaN."""
    source = _model(CASTS, {"w": np.array([0.0, value], dtype=np.float32)}, tmp_path)
    with pytest.raises(ExportError, match="w: holds .*65,504") as caught:
        halves.rewrite(source, tmp_path / "target.onnx", {})
    assert "int8-dynamic" in caught.value.remedy


def test_the_largest_half_is_kept(tmp_path: Path) -> None:
    """65,504 itself fits."""
    source = _model(CASTS, {"w": np.array([65_504.0], dtype=np.float32)}, tmp_path)
    halves.rewrite(source, tmp_path / "target.onnx", {})
    assert _run(tmp_path / "target.onnx", np.array([0])).tolist() == [65_504]
