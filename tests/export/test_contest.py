"""A contest says how far two models are from the fp32 one, and which takes less time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from device_agent.tasks.protocol import Row
from export import contest
from export.contest import Contest


def _model(path: Path, *, factor: float, products: int) -> Path:
    """Write a model that multiplies its ids by a factor, and works on something else besides."""
    weights = {"factor": np.float32(factor), "square": np.eye(256, dtype=np.float32)}
    nodes = [
        helper.make_node("Cast", ["input_ids"], ["ids"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["ids", "factor"], ["y"]),
        helper.make_node("ReduceMax", ["ids"], ["largest"], keepdims=0),
        helper.make_node("Mul", ["square", "largest"], ["work0"]),
    ]
    nodes += [
        helper.make_node("MatMul", [f"work{i}", "square"], [f"work{i + 1}"])
        for i in range(products)
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [None, None])],
        [
            helper.make_tensor_value_info("y", TensorProto.FLOAT, None),
            helper.make_tensor_value_info(f"work{products}", TensorProto.FLOAT, None),
        ],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    return path


@pytest.fixture
def rows() -> list[Row]:
    """Three rows of one to three tokens."""
    ids = [np.arange(1, length + 1)[np.newaxis] for length in (1, 2, 3)]
    return [Row(input_ids=each, token_type_ids=np.zeros_like(each)) for each in ids]


def test_more_work_takes_more_time(tmp_path: Path, rows: list[Row]) -> None:
    """Eight times the products, so that even a busy machine sees it."""
    quick = _model(tmp_path / "quick.onnx", factor=1, products=1)
    slow = _model(tmp_path / "slow.onnx", factor=1, products=8)
    assert min(contest.hold(slow, quick, quick, rows).ratios) > 1.5
    assert max(contest.hold(quick, slow, quick, rows).ratios) < 1 / 1.5


def test_errors_are_relative_to_the_reference(tmp_path: Path, rows: list[Row]) -> None:
    """Equal outputs have none; those a tenth off, at most a tenth."""
    plain = _model(tmp_path / "plain.onnx", factor=1, products=1)
    other = _model(tmp_path / "other.onnx", factor=1.1, products=1)
    found = contest.hold(other, plain, plain, rows)
    assert found.baseline_error == 0
    assert 0 < found.error <= 0.1


def test_the_ratio_is_the_middle_one() -> None:
    """One load may have had bad luck."""
    assert Contest(error=0, baseline_error=0, ratios=(3.0, 1.0, 1.1)).ratio == 1.1
