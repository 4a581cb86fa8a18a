"""4-bit products and look-ups give what their float originals give, within the rounding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_strategies
from onnx import TensorProto, helper, numpy_helper

from export import nibbles, rewriting
from export.nibbles import Nibbles

TABLES = numpy_strategies.arrays(
    np.float32,
    st.tuples(st.integers(1, 5), st.integers(1, 70)),
    elements=st.floats(-1e6, 1e6, width=32),
)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.sampled_from([16, 32, 64]))
def test_rounding_moves_a_weight_by_a_step_at_most(table: np.ndarray, block: int) -> None:
    """The step is the farthest of its block over 8; only the other half's end is a step away."""
    packed, scales = nibbles.by_block(table, block)
    whole = np.stack([packed & 15, packed >> 4], axis=-1).reshape(*packed.shape[:2], block)
    steps = scales.reshape(*packed.shape[:2], 1)
    found = ((whole.astype(np.float32) - 8) * steps).reshape(len(table), -1)[:, : table.shape[1]]
    allowed = np.repeat(np.abs(steps), block, axis=-1).reshape(len(table), -1)
    assert np.all(np.abs(found - table) <= allowed[:, : table.shape[1]] * (1 + 1e-4) + 1e-29)
    assert np.all(found[table == 0] == 0)


def test_a_table_larger_than_a_part_is_packed_like_one_part() -> None:
    """Rows are taken some at a time."""
    table = np.random.default_rng(0).normal(size=(2050, 32)).astype(np.float32)
    packed, scales = nibbles.by_block(table, 32)
    last, last_scales = nibbles.by_block(table[-1:], 32)
    assert np.array_equal(packed[-1:], last)
    assert np.array_equal(scales[-1:], last_scales)


def _model(
    nodes: list[onnx.NodeProto], weights: dict[str, np.ndarray], width: int, folder: Path
) -> Path:
    """Write a graph from float32 input x [?, width] or int64 input ids [?] to output y."""
    types = {"x": (TensorProto.FLOAT, [None, width]), "ids": (TensorProto.INT64, [None])}
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(n, *types[n]) for n in ("x", "ids") if n in used],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    path = folder / "source.onnx"
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    return path


def _run(path: Path, **feeds: np.ndarray) -> np.ndarray:
    (output,) = onnxruntime.InferenceSession(path).run(None, feeds)
    return np.asarray(output)


def _matrix(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


def _rewrite(source: Path, target: Path) -> None:
    found = Nibbles(32, accuracy_level=4)
    rewriting.rewrite(source, target, found.product, found.look_up, {})


@pytest.mark.parametrize("rows", [64, 96, 80], ids=["two blocks", "three blocks", "half a block"])
@pytest.mark.parametrize("kind", ["MatMul", "MatMul and Add", "Gemm"])
def test_a_product_keeps_its_meaning(rows: int, kind: str, tmp_path: Path) -> None:
    """Whatever its depth, and with its bias."""
    weights = {"w": _matrix(rows, 48), "b": 10 * _matrix(48)}
    nodes = {
        "MatMul": [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "MatMul and Add": [
            helper.make_node("MatMul", ["x", "w"], ["p"]),
            helper.make_node("Add", ["p", "b"], ["y"]),
        ],
        "Gemm": [helper.make_node("Gemm", ["x", "w", "b"], ["y"])],
    }[kind]
    used = {name for node in nodes for name in node.input}
    kept = {name: array for name, array in weights.items() if name in used}
    source = _model(nodes, kept, rows, tmp_path)
    _rewrite(source, tmp_path / "target.onnx")
    kinds = [node.op_type for node in onnx.load(tmp_path / "target.onnx").graph.node]
    assert kinds == ["MatMulNBits"]
    x = _matrix(5, rows)
    wanted, found = _run(source, x=x), _run(tmp_path / "target.onnx", x=x)
    error = np.sqrt(np.square(wanted - found).mean() / np.square(wanted).mean())
    assert error < 0.12


def test_a_large_table_is_looked_up_in_4_bits(tmp_path: Path) -> None:
    """Each row with scales of its own: one a thousand times smaller keeps its precision."""
    table = _matrix(1500, 64) * np.logspace(-3, 0, 1500, dtype=np.float32)[:, None]
    source = _model([helper.make_node("Gather", ["w", "ids"], ["y"])], {"w": table}, 64, tmp_path)
    _rewrite(source, tmp_path / "target.onnx")
    assert (tmp_path / "target.onnx").stat().st_size < 0.16 * table.nbytes
    found = _run(tmp_path / "target.onnx", ids=np.arange(1500))
    farthest = np.abs(table.reshape(1500, 2, 32)).max(axis=-1, keepdims=True)
    assert np.all(np.abs(found - table).reshape(1500, 2, 32) <= farthest / 8 * (1 + 1e-4))


@pytest.mark.parametrize("shape", [(100, 64), (1500, 48)], ids=["few rows", "no whole blocks"])
def test_another_table_is_looked_up_in_8_bits(shape: tuple[int, int], tmp_path: Path) -> None:
    """Positions are few, and some widths are no multiple of a block."""
    table = _matrix(*shape)
    source = _model(
        [helper.make_node("Gather", ["w", "ids"], ["y"])], {"w": table}, shape[1], tmp_path
    )
    _rewrite(source, tmp_path / "target.onnx")
    found = _run(tmp_path / "target.onnx", ids=np.arange(len(table)))
    step = np.abs(table).max(axis=1, keepdims=True) / 127
    assert np.all(np.abs(found - table) <= step * 0.51)
