"""Integer products and look-ups give what their float originals give, within the rounding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_strategies
from onnx import TensorProto, helper, numpy_helper

from device_agent.contract.artifact import Quantization
from export import initializers, integers, rewriting
from export.integers import Range

MATRICES = numpy_strategies.arrays(
    np.float32,
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
    elements=st.floats(-1e6, 1e6, width=32),
)


@settings(max_examples=60, deadline=None)
@given(MATRICES)
def test_rounding_moves_a_weight_by_half_a_step_at_most(matrix: np.ndarray) -> None:
    """The step is the largest of its column or row over 127, and a zero stays zero."""
    for (whole, scales), axis in ((integers.by_column(matrix), 0), (integers.by_row(matrix), 1)):
        assert whole.dtype == np.int8
        assert whole.min(initial=0) >= -127
        step = np.abs(matrix).max(axis=axis, keepdims=True) / 127
        error = np.abs(whole * scales.reshape(step.shape) - matrix)
        assert np.all(error <= step * (0.5 + 1e-4) + 1e-29)
        assert np.all(whole[matrix == 0] == 0)


def test_a_table_larger_than_a_block_is_quantized_like_one_block() -> None:
    """Rows are taken some thousand at a time."""
    table = np.random.default_rng(0).normal(size=(20_001, 3)).astype(np.float32)
    whole, scales = integers.by_row(table)
    first, first_scales = integers.by_row(table[-1:])
    assert np.array_equal(whole[-1:], first)
    assert np.array_equal(scales[-1:], first_scales)


def _model(nodes: Sequence[onnx.NodeProto], weights: dict[str, np.ndarray], folder: Path) -> Path:
    """Write a graph from float32 input x [?, 64] or int64 input ids [?] to output y."""
    types = {"x": (TensorProto.FLOAT, [None, 64]), "ids": (TensorProto.INT64, [None])}
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info(n, *types[n]) for n in ("x", "ids") if n in used],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    path = folder / "source.onnx"
    opset = helper.make_opsetid("", 17)
    # onnx writes its newest format by default, which onnxruntime may not know yet.
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    return path


def _rewrite(
    source: Path, target: Path, quantizer: integers.Quantizer = integers.dynamic
) -> Quantization:
    product = integers.IntegerProducts(quantizer)
    return rewriting.rewrite(source, target, product, integers.look_up, {})


def _run(path: Path, **feeds: np.ndarray) -> np.ndarray:
    (output,) = onnxruntime.InferenceSession(path).run(None, feeds)
    return np.asarray(output)


def _matrix(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


GEMM = {
    "plain": ({}, (64, 48), (48,)),
    "turned, as a linear layer has it": ({"transB": 1}, (48, 64), (48,)),
    "without a bias": ({"transB": 1}, (48, 64), None),
}


@pytest.mark.parametrize("case", GEMM)
def test_a_gemm_keeps_its_meaning(case: str, tmp_path: Path) -> None:
    """Its matrix may be turned and its bias may be missing."""
    attributes, shape, bias = GEMM[case]
    weights = {"w": _matrix(*shape)} | ({"b": _matrix(*bias)} if bias else {})
    source = _model(
        [helper.make_node("Gemm", ["x", *weights], ["y"], **attributes)], weights, tmp_path
    )
    report = _rewrite(source, tmp_path / "target.onnx")
    assert report.quantized == {"Gemm": 1}
    x = _matrix(5, 64)
    wanted, found = _run(source, x=x), _run(tmp_path / "target.onnx", x=x)
    assert np.abs(wanted - found).max() < 0.05 * np.abs(wanted).max()


@pytest.mark.parametrize(
    ("attributes", "shape"), [({"alpha": 2.0}, (64, 48)), ({"beta": 0.5}, (64, 48))]
)
def test_an_odd_gemm_is_left_with_its_reason(
    attributes: dict[str, float], shape: tuple[int, int], tmp_path: Path
) -> None:
    """A factor would have to enter the scales; no encoder has one."""
    weights = {"w": _matrix(*shape), "b": _matrix(48)}
    source = _model(
        [helper.make_node("Gemm", ["x", "w", "b"], ["y"], name="odd", **attributes)],
        weights,
        tmp_path,
    )
    report = _rewrite(source, tmp_path / "target.onnx")
    assert report.skipped == {"odd": "is not a plain product with a matrix"}
    x = _matrix(5, 64)
    assert np.array_equal(_run(source, x=x), _run(tmp_path / "target.onnx", x=x))


def test_a_look_up_gives_the_row_within_its_own_rounding(tmp_path: Path) -> None:
    """A row a thousand times smaller than another keeps its precision."""
    table = _matrix(100, 64) * np.logspace(-3, 0, 100, dtype=np.float32)[:, None]
    source = _model([helper.make_node("Gather", ["w", "ids"], ["y"])], {"w": table}, tmp_path)
    _rewrite(source, tmp_path / "target.onnx")
    found = _run(tmp_path / "target.onnx", ids=np.arange(100))
    step = np.abs(table).max(axis=1, keepdims=True) / 127
    assert np.all(np.abs(found - table) <= step * 0.51)


def test_products_of_one_operand_share_its_quantization(tmp_path: Path) -> None:
    """Query, key and value read the same hidden states."""
    nodes = [
        helper.make_node("MatMul", ["x", "a"], ["p"]),
        helper.make_node("MatMul", ["x", "b"], ["q"]),
        helper.make_node("Add", ["p", "q"], ["y"]),
    ]
    source = _model(nodes, {"a": _matrix(64, 48), "b": _matrix(64, 48)}, tmp_path)
    _rewrite(source, tmp_path / "target.onnx")
    kinds = [node.op_type for node in onnx.load(tmp_path / "target.onnx").graph.node]
    assert kinds.count("DynamicQuantizeLinear") == 1
    assert kinds.count("MatMulInteger") == 2


BIASES = {
    "behind the product": (["p", "b"], True),
    "before the product": (["b", "p"], True),
    "one number for all columns": (["p", "one"], False),
}


@pytest.mark.parametrize("quantizer", ["dynamic", "static"])
@pytest.mark.parametrize("case", BIASES)
def test_a_bias_is_added_by_the_product_itself(case: str, quantizer: str, tmp_path: Path) -> None:
    """It saves a pass over the result; what does not fit a column each stays an addition."""
    operands, absorbed = BIASES[case]
    weights = {"w": _matrix(64, 48), "b": _matrix(48), "one": _matrix(1)}
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["p"]),
        helper.make_node("Add", operands, ["y"]),
    ]
    source = _model(nodes, {n: a for n, a in weights.items() if n in ("w", *operands)}, tmp_path)
    x = _matrix(5, 64)
    ranges = {"x": Range(float(x.min()), float(x.max()))}
    chosen = integers.dynamic if quantizer == "dynamic" else integers.static(ranges)
    _rewrite(source, tmp_path / "target.onnx", chosen)
    assert ("p" in _outputs(tmp_path / "target.onnx")) is not absorbed
    wanted, found = _run(source, x=x), _run(tmp_path / "target.onnx", x=x)
    assert np.abs(wanted - found).max() < 0.05 * np.abs(wanted).max()


def _outputs(path: Path) -> set[str]:
    return {name for node in onnx.load(path).graph.node for name in node.output}


def test_a_result_that_others_read_keeps_its_own_name(tmp_path: Path) -> None:
    """The bias belongs to one reader only, so the product stays without it."""
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["p"]),
        helper.make_node("Add", ["p", "b"], ["q"]),
        helper.make_node("Add", ["p", "q"], ["y"]),
    ]
    source = _model(nodes, {"w": _matrix(64, 48), "b": _matrix(48)}, tmp_path)
    _rewrite(source, tmp_path / "target.onnx")
    x = _matrix(5, 64)
    wanted, found = _run(source, x=x), _run(tmp_path / "target.onnx", x=x)
    assert np.abs(wanted - found).max() < 0.05 * np.abs(wanted).max()


RANGES = {
    "both signs": Range(-4.0, 4.0),
    "positive only": Range(1.0, 4.0),
    "negative only": Range(-4.0, -1.0),
    "nothing but zero": Range(0.0, 0.0),
}


@pytest.mark.parametrize("case", RANGES)
def test_a_static_range_always_holds_zero(case: str, tmp_path: Path) -> None:
    """Padding and what a GELU cut off are zeros, which must stay exact."""
    bounds = RANGES[case]
    source = _model(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], {"w": _matrix(64, 48)}, tmp_path
    )
    _rewrite(source, tmp_path / "target.onnx", integers.static({"x": bounds}))
    assert not _run(tmp_path / "target.onnx", x=np.zeros((2, 64), np.float32)).any()
    x = np.clip(_matrix(5, 64) * 4, *bounds)
    wanted, found = _run(source, x=x), _run(tmp_path / "target.onnx", x=x)
    assert np.abs(wanted - found).max() <= 0.05 * np.abs(wanted).max()


def test_a_static_range_cuts_off_what_lies_outside(tmp_path: Path) -> None:
    """An outlier that calibration never saw becomes the range's end."""
    source = _model(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], {"w": _matrix(64, 48)}, tmp_path
    )
    _rewrite(source, tmp_path / "target.onnx", integers.static({"x": Range(-1.0, 1.0)}))
    x = np.sign(_matrix(5, 64))
    near = _run(tmp_path / "target.onnx", x=x)
    np.testing.assert_allclose(_run(tmp_path / "target.onnx", x=100 * x), near, atol=0.2)


def test_weights_beside_the_model_are_read_and_written_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit both files have their weights in a file of their own, and agree."""
    weights = {"w": _matrix(64, 48)}
    source = _model([helper.make_node("MatMul", ["x", "w"], ["y"])], weights, tmp_path)
    inline = tmp_path / "inline.onnx"
    _rewrite(source, inline)
    monkeypatch.setattr(initializers, "_EXTERNAL_FROM_BYTES", 1024)
    beside = tmp_path / "beside.onnx"
    model = onnx.load(source)
    initializers.write(model, [initializers.Weight.of("w", weights["w"])], beside)
    _rewrite(beside, tmp_path / "target.onnx")
    assert (tmp_path / "target.onnx_data").stat().st_size >= 64 * 48
    x = _matrix(5, 64)
    assert np.array_equal(_run(inline, x=x), _run(tmp_path / "target.onnx", x=x))
