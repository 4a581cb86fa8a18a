"""int8-dynamic quantizes what it says, and says what it left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnx
import pytest

from export import model, recipes
from export.checkpoint import open_checkpoint
from export.errors import ExportError
from export.formats import onnx as onnx_format
from export.recipes import int8_dynamic


@pytest.fixture(scope="module")
def source(make_checkpoint: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT classifier, wide enough that weights outweigh the graph."""
    folder = make_checkpoint(
        "bert", "sequence-classification", name="wide", hidden_size=128, intermediate_size=512
    )
    return onnx_format.write(
        model.load(open_checkpoint(folder), None), tmp_path_factory.mktemp("fp32")
    )


def test_quantizes_every_product_with_weights_and_every_embedding(
    source: Path, tmp_path: Path
) -> None:
    """Two layers of six, pooler and classifier; three embeddings; attention has no weights."""
    report = int8_dynamic.apply(source, tmp_path / "model.onnx")
    assert report.quantized == {"MatMul": 14, "Gather": 3}
    products = [name for name in report.skipped if "MatMul" in name]
    assert len(products) == 2 * 2
    assert set(report.skipped.values()) == {"has no weights: every operand is computed"}


def test_weights_have_a_scale_per_channel(source: Path, tmp_path: Path) -> None:
    """One scale per output of a product keeps small channels apart from large ones."""
    int8_dynamic.apply(source, tmp_path / "model.onnx")
    graph = onnx.load(tmp_path / "model.onnx").graph
    products = {node.input[1] for node in graph.node if node.op_type == "MatMulInteger"}
    scales = {
        tensor.name.removesuffix("_scale"): list(tensor.dims)
        for tensor in graph.initializer
        if tensor.name.endswith("_scale")
    }
    assert {tuple(scales[name.removesuffix("_quantized")]) for name in products} >= {(128,), (512,)}


def test_shrinks_the_model_and_leaves_the_source(source: Path, tmp_path: Path) -> None:
    """The result is within the size the disk check counts with; the source stays as it was."""
    before = source.read_bytes()
    int8_dynamic.apply(source, tmp_path / "model.onnx")
    assert (tmp_path / "model.onnx").stat().st_size < int8_dynamic.SIZE_RATIO * len(
        before
    ) + 100_000
    assert source.read_bytes() == before
    assert [path.name for path in source.parent.iterdir()] == ["model.onnx"]


def test_what_the_quantizer_left_is_named(source: Path) -> None:
    """In a graph that was not quantized every product with weights is listed as left."""
    report = int8_dynamic.report(onnx.load(source).graph)
    assert report.quantized == {}
    left = [reason for reason in report.skipped.values() if reason.startswith("left in floating")]
    assert len(left) == 14 + 3


def test_says_nothing_on_the_terminal(
    source: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The quantizer's advice is for its developers, not for our users."""
    int8_dynamic.apply(source, tmp_path / "model.onnx")
    assert capfd.readouterr() == ("", "")


def test_recipes_are_listed_by_file() -> None:
    """A file is a recipe; an unknown name is refused with those that there are."""
    assert recipes.names() == ("fp32", "int8-dynamic")
    assert all(name == recipes.get(name).NAME for name in recipes.names())
    with pytest.raises(ExportError, match="no recipe 'int2'"):
        recipes.get("int2")
