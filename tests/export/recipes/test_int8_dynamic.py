"""int8-dynamic quantizes what it says, and says what it left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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
    """Two layers of six and the pooler; words and positions, not the two token types."""
    report = int8_dynamic.apply(source, tmp_path / "model.onnx")
    assert report.quantized == {"MatMul": 12, "Gemm": 1, "Gather": 2}
    reasons = sorted(report.skipped.values())
    assert [reason.split(":")[0] for reason in reasons] == [
        *["has 2 rows"],
        *["has 3 outputs, the scores themselves"],
        *["has no weights"] * 4,
    ]


def test_shrinks_the_model_and_leaves_the_source(source: Path, tmp_path: Path) -> None:
    """The result is within the size the disk check counts with; the source stays as it was."""
    before = source.read_bytes()
    int8_dynamic.apply(source, tmp_path / "model.onnx")
    assert (tmp_path / "model.onnx").stat().st_size < int8_dynamic.SIZE_RATIO * len(
        before
    ) + 120_000
    assert source.read_bytes() == before
    assert [path.name for path in source.parent.iterdir()] == ["model.onnx"]


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
