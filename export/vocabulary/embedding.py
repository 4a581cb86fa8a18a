"""Leave rows of the word embedding out of a model, and prove that its outputs are the same."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np
import onnx
import torch

from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.runspec import RuntimeOptions
from device_agent.runtimes.onnxruntime import open_session
from device_agent.tasks.protocol import Outputs, Row
from export import parity
from export.errors import ParityError
from export.formats import MODEL_FILE
from export.formats import onnx as onnx_format
from export.model import Exportable
from export.request import Samples
from export.vocabulary.trimming import Trimmed

_RESHAPING = {"Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"}


def trim(
    model: Exportable, trimmed: Trimmed, samples: Samples, manifest: ArtifactManifest, folder: Path
) -> None:
    """Leave the rows out of the loaded model, and run it in fp32 before and after.

    Both are written as ONNX for as long as they run, whatever the artifact's format.

    Args:
        model: Loses the rows.
        trimmed: Says which are kept.
        samples: On which both models must give the same bits, under their own ids.
        manifest: As the fp32 artifact's would be, for the runtime.
        folder: Where there is room.

    Raises:
        ParityError: An output differs.
    """
    rows = [row for inputs in samples.values() for sample in inputs for row in sample]
    before = _outputs(model, manifest, [trimmed.original(row) for row in rows], folder)
    _keep_rows(model, trimmed)
    after = _outputs(model, manifest, rows, folder)
    differing = sum(not _same_bits(a, b) for a, b in zip(before, after, strict=True))
    if differing:
        raise ParityError(
            f"{manifest.name}: with the trimmed vocabulary {differing} of {len(rows)} golden rows "
            "give other outputs than with the whole one; expected the same bits.",
            remedy="Export it with its whole vocabulary, and report this.",
        )


def _keep_rows(model: Exportable, trimmed: Trimmed) -> None:
    embedding = model.model.get_input_embeddings()
    rows = embedding.weight[torch.from_numpy(trimmed.kept)].detach()
    embedding.weight = torch.nn.Parameter(rows, requires_grad=False)
    embedding.num_embeddings = len(rows)


def _outputs(
    model: Exportable, manifest: ArtifactManifest, rows: Sequence[Row], folder: Path
) -> list[Outputs]:
    options = RuntimeOptions(name="onnxruntime", provider="cpu", threads=parity.THREADS)
    as_onnx = msgspec.structs.replace(cast("Any", manifest), model_file=MODEL_FILE)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        onnx_format.write(model, Path(place))
        session = open_session(Path(place), as_onnx, options)
        try:
            return [session.run(row) for row in rows]
        finally:
            session.close()


def _same_bits(first: Outputs, second: Outputs) -> bool:
    return all(
        bool(np.array_equal(first[name].view(np.uint32), second[name].view(np.uint32)))
        for name in first
    )


def bytes_a_token(model_file: Path) -> int:
    """Return how many bytes of an ONNX file's weights belong to one token, its scales included."""
    graph = onnx.load(model_file, load_external_data=False).graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    ids = {"input_ids"}
    tables: set[str] = set()
    for node in graph.node:
        if not ids.intersection(node.input):
            continue
        if node.op_type in _RESHAPING:
            ids.update(node.output)
        elif node.op_type.startswith("Gather"):
            tables.update(name for name in node.input if name in weights)
    return sum(_row_bytes(weights[name]) for name in tables)


def _row_bytes(table: onnx.TensorProto) -> int:
    bits: Mapping[int, int] = {onnx.TensorProto.INT4: 4, onnx.TensorProto.UINT4: 4}
    width = int(np.prod(table.dims[1:], dtype=np.int64))
    own = bits.get(table.data_type)
    if own is None:
        own = 8 * onnx.helper.tensor_dtype_to_np_dtype(table.data_type).itemsize
    return width * own // 8
