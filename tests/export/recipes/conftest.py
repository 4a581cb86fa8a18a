"""An fp32 model wide enough that its weights outweigh the graph, with calibration inputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from export import calibration, model
from export.formats import onnx as onnx_format
from export.opening import open_checkpoint


@pytest.fixture(scope="session")
def wide_checkpoint(make_checkpoint: Callable[..., Path]) -> Path:
    """A BERT classifier."""
    return make_checkpoint(
        "bert", "sequence-classification", name="wide", hidden_size=128, intermediate_size=512
    )


@pytest.fixture(scope="session")
def source(wide_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its fp32 model, with calibration inputs beside it; tests must not change it."""
    folder = tmp_path_factory.mktemp("fp32")
    checkpoint = open_checkpoint(wide_checkpoint)
    inputs = calibration.inputs(checkpoint.head, checkpoint.tokenizer, checkpoint.max_tokens)
    calibration.save(inputs, folder)
    return onnx_format.write(model.load(checkpoint, None), folder)


@pytest.fixture
def any_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a model ship that is slower: a tiny one has little to multiply, and its tests no time."""
    monkeypatch.setattr("export.recipes.int8_static._LARGEST_LATENCY_RATIO", float("inf"))
    monkeypatch.setattr("export.contest._LOADS", 1)
    monkeypatch.setattr("export.contest._ROUNDS", 1)
