"""Write a model as ONNX with dynamic batch and sequence axes.

The tracer is TorchScript's: measured side by side, it takes 0.1 s for an encoder of 4 x 96, of
which a study has many, where torch.export takes 2.9 s, and its graph is the one whose attention
onnxruntime can fuse. Its passes copy weights, though (XLM-R base: 17 s and 4.8 GB, torch.export
11 s and 1.6 GB); so they stay out of the trace and are bound by name afterwards: 2 s and 1.6 GB.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import onnx
import torch

from export.binding import bind
from export.errors import ExportError
from export.formats import MODEL_FILE
from export.graph import graph_digest
from export.model import Exportable
from export.quiet import quiet

__all__ = ["graph_digest", "write"]

_OPSET = 17
"""The first with LayerNormalization as one operator; newer ones add nothing that encoders use."""

_SAMPLE_SHAPE = (2, 16)
_SAMPLE_CHOICES = 3
_SAMPLE_ID = 5


def write(model: Exportable, folder: Path, _buckets: tuple[int, ...] = ()) -> Path:
    """Write the model into `folder` and return the model file.

    Args:
        model: What is traced, at sample inputs; its weights must lie in memory.
        folder: Gets `model.onnx` and, for large models, `model.onnx_data`.
    """
    trace = _trace(model)
    weights = dict(model.named_parameters()) | dict(model.named_buffers())
    target = folder / MODEL_FILE
    bind(trace, {name: tensor.detach().numpy() for name, tensor in weights.items()}, target)
    return target


def _trace(model: Exportable) -> onnx.ModelProto:
    """Return the graph with weights as inputs."""
    batch, tokens = _SAMPLE_SHAPE
    choice = model.head == "multiple-choice"
    shape = (batch, _SAMPLE_CHOICES, tokens) if choice else (batch, tokens)
    ids = torch.full(shape, _SAMPLE_ID)
    values = {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "token_type_ids": torch.zeros_like(ids),
    }
    buffer = io.BytesIO()
    try:
        with quiet(), torch.no_grad(), _few_embeddings(model):
            torch.onnx.export(
                model,
                tuple(values[name] for name in model.input_names),
                buffer,
                dynamo=False,
                export_params=False,
                do_constant_folding=False,
                opset_version=_OPSET,
                input_names=list(model.input_names),
                output_names=list(model.output_names),
                dynamic_axes=_axes(model),
            )
    except (RuntimeError, TypeError, ValueError) as error:
        raise ExportError(
            f"The model cannot be written as ONNX: {str(error).strip().split(chr(10))[0]}",
            remedy="Choose a checkpoint without the operator or setting that is named.",
        ) from error
    return onnx.load_model_from_string(buffer.getvalue())


def _axes(model: Exportable) -> dict[str, dict[int, str]]:
    """Name the dynamic axes as Optimum does."""
    sequence = {0: "batch_size", 1: "sequence_length"}
    choices = {0: "batch_size", 1: "num_choices"}
    inputs = {**choices, 2: "sequence_length"} if model.head == "multiple-choice" else sequence
    outputs = {
        "multiple-choice": choices,
        "token-classification": sequence,
        "question-answering": sequence,
    }.get(model.head, {0: "batch_size"})
    return dict.fromkeys(model.input_names, inputs) | dict.fromkeys(model.output_names, outputs)


@contextlib.contextmanager
def _few_embeddings(model: Exportable) -> Iterator[None]:
    """Shrink the word embedding during the trace, whose passes would copy all its rows."""
    embedding = model.model.get_input_embeddings()
    whole = embedding.weight
    rows = max(_SAMPLE_ID, embedding.padding_idx or 0) + 1
    embedding.weight = torch.nn.Parameter(whole[:rows], requires_grad=False)
    try:
        yield
    finally:
        embedding.weight = whole
