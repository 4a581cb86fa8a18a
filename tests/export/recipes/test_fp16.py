"""fp16 ships nothing that overflowed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from device_agent.contract.artifact import HeadName
from device_agent.digest import digest_file
from export.errors import ExportError
from export.pipeline import export_checkpoint
from export.recipes import fp16
from export.request import ExportRequest

_PREFIX = "roberta.encoder.layer.0"


@pytest.fixture
def folder(xlmr: Callable[[HeadName], Path], copy_of: Callable[[Path], Path]) -> Path:
    """A classifier that a test may change."""
    return copy_of(xlmr("sequence-classification"))


def _export(folder: Path, output: Path) -> None:
    export_checkpoint(ExportRequest(checkpoint=folder, output=output, recipes=["fp16"]))


def test_a_weight_that_does_not_fit_is_named(folder: Path, tmp_path: Path) -> None:
    """The message says which, and what to use instead; nothing is left on disk."""
    weights = load_file(folder / "model.safetensors")
    weights["roberta.embeddings.LayerNorm.bias"][3] = 1e6
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ExportError, match=r"LayerNorm\.bias: holds 1e\+06") as caught:
        _export(folder, tmp_path / "out")
    assert "int8-dynamic or fp32" in caught.value.remedy
    assert list((tmp_path / "out").iterdir()) == []


def test_a_value_that_overflows_on_the_way_is_refused(folder: Path, tmp_path: Path) -> None:
    """Each weight fits, their products do not; a processor here would hide it, a GPU would not."""
    weights = load_file(folder / "model.safetensors")
    weights[f"{_PREFIX}.intermediate.dense.weight"] *= 5e4
    weights[f"{_PREFIX}.output.dense.weight"] *= 2e-5
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ExportError, match=r"reaches \d.* on the calibration inputs") as caught:
        _export(folder, tmp_path / "out")
    assert "int8-dynamic or fp32" in caught.value.remedy
    assert list((tmp_path / "out").iterdir()) == []


def test_says_how_near_the_largest_value_comes(source: Path, tmp_path: Path) -> None:
    """Found on the calibration inputs, which are named with it."""
    found = fp16.apply(source, tmp_path / "model.onnx").parameters
    assert 1 < float(found["largest-value"].split(" ")[0]) < 1000
    assert "seed 0" in found["calibration"]
    assert found["calibration-digest"] == digest_file(source.with_name("calibration.npz"))
