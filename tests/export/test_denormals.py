"""Denormal weights are found, and nothing else is taken for one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from export import denormals, initializers
from export.pipeline import export_checkpoint
from export.request import ExportRequest

TINY = np.float32(1.17549435e-38)
"""The least normal float32."""


def save(path: Path, **weights: np.ndarray) -> Path:
    """Write a model that has these weights."""
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "test",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    onnx.save(helper.make_model(graph), path)
    return path


def test_a_planted_denormal_is_found(tmp_path: Path) -> None:
    """The count, the floats looked at and the worst tensor are told; integers are not looked at."""
    clean, one, three = (np.ones((8, 16), np.float32) for _ in range(3))
    one[3, 3] = 1e-40
    three[0, :3] = -1e-42
    model = save(tmp_path / "m.onnx", clean=clean, one=one, three=three, whole=np.arange(9))
    found = denormals.scan(model)
    assert (found.values, found.of) == (4, 3 * 128)
    assert (found.worst, found.worst_values) == ("three", 3)


def test_zeros_and_the_least_normal_values_are_no_denormals(tmp_path: Path) -> None:
    """Nor are infinities, or float16 values that are normal as soon as they are computed with."""
    borders = np.array([0.0, -0.0, TINY, -TINY, np.inf, np.nan, 3.4e38], np.float32)
    half = np.array([1e-7], np.float16)
    found = denormals.scan(save(tmp_path / "m.onnx", borders=borders, half=half))
    assert (found.values, found.of, found.worst, found.worst_values) == (0, 7, None, 0)


def test_weights_in_a_file_of_their_own_are_scanned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part at a time, none left out between two."""
    monkeypatch.setattr(initializers, "_EXTERNAL_FROM_BYTES", 1)
    monkeypatch.setattr(denormals, "_FLOATS_AT_ONCE", 100)
    array = np.ones(1000, np.float32)
    array[[0, 99, 100, 999]] = 1e-39
    model = onnx.load(save(tmp_path / "m.onnx"))
    initializers.write(model, [initializers.Weight.of("w", array)], tmp_path / "big.onnx")
    assert (tmp_path / "big.onnx_data").is_file()
    assert denormals.scan(tmp_path / "big.onnx").values == 4


@given(st.lists(st.floats(width=32), max_size=50))
def test_a_denormal_has_no_exponent_and_a_fraction(values: list[float]) -> None:
    """As the bits of IEEE 754 have it."""
    array = np.array(values, np.float32)
    bits = array.view(np.uint32)
    expected = ((bits & 0x7F800000) == 0) & ((bits & 0x007FFFFF) != 0)
    assert denormals.count_denormals(array) == int(expected.sum())


def test_the_export_says_so(make_checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    """In the manifest and in a note, also where the artifact is up to date; rounding removes it."""
    checkpoint = make_checkpoint("xlm-roberta", "sentence-embedding")
    file = checkpoint / "model.safetensors"
    weights = safetensors.numpy.load_file(file)
    weights["embeddings.word_embeddings.weight"][7, :5] = 1e-40
    safetensors.numpy.save_file(weights, file, metadata={"format": "pt"})
    request = ExportRequest(checkpoint=checkpoint, output=tmp_path)
    for _ in range(2):
        result = export_checkpoint(request)
        plain, rounded = (artifact.manifest.denormals for artifact in result.artifacts)
        assert plain is not None
        assert rounded is not None
        assert (plain.values, rounded.values) == (5, 0)
        (note,) = result.notes
        assert "checkpoint-fp32: 5 of " in note
        assert "word_embeddings.weight (5)" in note
