"""Calibration inputs are of our own making and always the same; ranges are what the model shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from device_agent.contract.artifact import HeadName
from device_agent.tasks.protocol import Row
from export import calibration, model, probes
from export.formats import onnx as onnx_format
from export.integers import Range
from export.opening import open_checkpoint
from export.probe_texts import TEXTS
from tests.export.conftest import HEADS


def _inputs(folder: Path) -> dict[str, list[tuple[Row, ...]]]:
    checkpoint = open_checkpoint(folder)
    found = calibration.inputs(checkpoint.head, checkpoint.tokenizer, checkpoint.max_tokens)
    return {language: list(samples) for language, samples in found.items()}


@pytest.mark.parametrize("head", HEADS)
def test_every_head_has_inputs_in_every_language(
    xlmr: Callable[[HeadName], Path], head: HeadName
) -> None:
    """They are the same at each call, and not the golden set's."""
    found, again = _inputs(xlmr(head)), _inputs(xlmr(head))
    assert list(found) == list(TEXTS)
    for language, samples in found.items():
        for rows, same in zip(samples, again[language], strict=True):
            assert all(
                np.array_equal(a.input_ids, b.input_ids) for a, b in zip(rows, same, strict=True)
            )
    checkpoint = open_checkpoint(xlmr(head))
    golden = probes.samples(head, checkpoint.tokenizer, checkpoint.max_tokens)
    assert _texts(found) - _texts(golden)


def _texts(samples: dict[str, list[tuple[Row, ...]]]) -> set[bytes]:
    return {
        row.input_ids.tobytes() for inputs in samples.values() for rows in inputs for row in rows
    }


def test_inputs_come_back_from_disk_sorted_by_length(
    xlmr: Callable[[HeadName], Path], tmp_path: Path
) -> None:
    """Their file is the same each time, so that its digest names them."""
    samples = _inputs(xlmr("multiple-choice"))
    calibration.save(samples, tmp_path)
    first = calibration.beside(tmp_path / "model.onnx")
    calibration.save(samples, tmp_path)
    assert calibration.beside(tmp_path / "model.onnx").digest == first.digest
    assert first.samples == 48
    lengths = [row.input_ids.shape[1] for row in first.rows]
    assert len(lengths) == 96
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("head", ["sequence-classification", "multiple-choice"])
def test_ranges_are_the_extremes_over_all_rows(
    xlmr: Callable[[HeadName], Path], tmp_path: Path, head: HeadName
) -> None:
    """Of inner values and of outputs alike, with zero inside."""
    folder = xlmr(head)
    path = onnx_format.write(model.load(open_checkpoint(folder), None), tmp_path)
    rows = [rows[0] for samples in _inputs(folder).values() for rows in samples][:6]
    hidden = next(
        node.output[0]
        for node in onnx.load(path).graph.node
        if node.op_type == "LayerNormalization"
    )
    whole = calibration.ranges(path, [hidden, "logits"], rows)
    parts = [calibration.ranges(path, [hidden, "logits"], [row]) for row in rows]
    for name in (hidden, "logits"):
        assert whole[name] == Range(
            min(part[name].least for part in parts), max(part[name].largest for part in parts)
        )
        assert whole[name].least <= 0 <= whole[name].largest
    assert whole[hidden].least < -1


def test_ranges_of_weights_beside_the_model(tmp_path: Path) -> None:
    """A large model's weights lie in a file of their own, which the changed graph still finds."""
    node = helper.make_node("Gather", ["w", "input_ids"], ["y"])
    graph = helper.make_graph(
        [node, helper.make_node("Neg", ["y"], ["z"])],
        "graph",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [None, None])],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)],
        [onnx.numpy_helper.from_array(np.arange(4096, dtype=np.float32), "w")],
    )
    opset = helper.make_opsetid("", 17)
    onnx.save(
        helper.make_model(graph, opset_imports=[opset], ir_version=8),
        tmp_path / "model.onnx",
        save_as_external_data=True,
        location="model.onnx_data",
    )
    ids = np.array([[7, 9]])
    row = Row(input_ids=ids, token_type_ids=np.zeros_like(ids))
    assert calibration.ranges(tmp_path / "model.onnx", ["y"], [row]) == {"y": Range(0.0, 9.0)}
