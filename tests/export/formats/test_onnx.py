"""The ONNX graph says what the checkpoint says, for every head and architecture, at any shape."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from device_agent.contract.artifact import HeadName
from export import initializers, model, pooling
from export.formats import onnx as onnx_format
from export.graph import graph_digest
from export.opening import open_checkpoint

HEADS: tuple[HeadName, ...] = (
    "sequence-classification",
    "multiple-choice",
    "token-classification",
    "question-answering",
    "sentence-embedding",
)


def load(folder: Path) -> model.Exportable:
    checkpoint = open_checkpoint(folder)
    return model.load(checkpoint, pooling.resolve(checkpoint, None))


def padded_batch(loaded: model.Exportable) -> dict[str, np.ndarray]:
    """Two inputs of unlike length, other than the shape that was traced."""
    shape = (2, 2, 9) if loaded.head == "multiple-choice" else (2, 9)
    ids = np.random.default_rng(0).integers(5, 300, shape)
    mask = np.ones(shape, dtype=np.int64)
    mask[..., -1, 6:] = 0
    ids[mask == 0] = 1 if "token_type_ids" not in loaded.input_names else 0
    arrays = {"input_ids": ids, "attention_mask": mask, "token_type_ids": mask * 0}
    return {name: arrays[name] for name in loaded.input_names}


@pytest.mark.parametrize(
    ("architecture", "head"),
    [
        *[("xlm-roberta", head) for head in HEADS],
        *[("bert", head) for head in HEADS],
        ("distilbert", "multiple-choice"),
        ("distilbert", "sentence-embedding"),
        ("camembert", "sequence-classification"),
        ("roberta", "token-classification"),
    ],
)
def test_agrees_with_pytorch_at_another_shape(
    make_checkpoint: Callable[..., Path], tmp_path: Path, architecture: str, head: HeadName
) -> None:
    """Batch and sequence axes are dynamic, and padding is masked as in PyTorch."""
    loaded = load(make_checkpoint(architecture, head, name=f"{architecture}-{head}"))
    session = onnxruntime.InferenceSession(onnx_format.write(loaded, tmp_path))
    feeds = padded_batch(loaded)
    assert [entry.name for entry in session.get_inputs()] == list(loaded.input_names)
    assert [entry.name for entry in session.get_outputs()] == list(loaded.output_names)
    with torch.no_grad():
        expected = loaded(*(torch.from_numpy(array) for array in feeds.values()))
    for found, reference in zip(session.run(None, feeds), expected, strict=True):
        np.testing.assert_allclose(found, reference.numpy(), atol=1e-4)


def test_large_weights_lie_in_a_file_of_their_own(
    xlmr: Callable[[HeadName], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the threshold the weights are external, and the model computes the same."""
    loaded = load(xlmr("sequence-classification"))
    monkeypatch.setattr(initializers, "_EXTERNAL_FROM_BYTES", 1 << 10)
    path = onnx_format.write(loaded, tmp_path)
    assert (tmp_path / "model.onnx_data").stat().st_size > path.stat().st_size
    feeds = padded_batch(loaded)
    with torch.no_grad():
        (expected,) = loaded(*(torch.from_numpy(array) for array in feeds.values()))
    (found,) = onnxruntime.InferenceSession(path).run(None, feeds)
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-4)


def test_the_graph_does_not_depend_on_the_weights(
    make_checkpoint: Callable[..., Path], tmp_path: Path
) -> None:
    """Zero biases are equal and trained ones are not; the graph is the same for both."""
    folder = make_checkpoint("xlm-roberta", "token-classification", name="fresh")
    digests = []
    for spread in (0.0, 0.1):
        loaded = load(folder)
        with torch.no_grad():
            for parameter in loaded.parameters():
                parameter.add_(spread * torch.randn_like(parameter))
        path = onnx_format.write(loaded, tmp_path)
        digests.append(graph_digest(path))
        onnx.checker.check_model(path, full_check=True)
    assert digests[0] == digests[1]


def test_every_matrix_weight_is_a_constant(
    xlmr: Callable[[HeadName], Path], tmp_path: Path
) -> None:
    """A quantizer sees initializers, not transposes of them; no weight is an input."""
    path = onnx_format.write(load(xlmr("question-answering")), tmp_path)
    graph = onnx.load(path).graph
    names = {tensor.name for tensor in graph.initializer}
    with_weights = [
        node for node in graph.node if node.op_type == "MatMul" and set(node.input) & names
    ]
    assert len(with_weights) == 2 * 6 + 1
    assert [entry.name for entry in graph.input] == ["input_ids", "attention_mask"]


def test_the_model_is_whole_after_the_trace(
    xlmr: Callable[[HeadName], Path], tmp_path: Path
) -> None:
    """The embedding that the trace shrinks has all its rows again, and nothing was said."""
    loaded = load(xlmr("question-answering"))
    before = loaded.model.get_input_embeddings().weight
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        onnx_format.write(loaded, tmp_path)
    assert loaded.model.get_input_embeddings().weight is before
