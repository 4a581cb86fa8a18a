"""Artifacts that load, have the right digests, and compute something else than their checkpoint."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np

from export import artifact_folder

FACTOR = 4.0


def with_wrong_scales(source: Path, target: Path) -> Path:
    """Copy an int8 artifact with every second channel's scale wrong, as a faulty kernel has it.

    That is how per-channel weights come out where an engine takes one channel's scale for
    another's: nothing fails, and every number is a number.
    """
    shutil.copytree(source, target)
    manifest, _ = artifact_folder.read(target)
    model = target / manifest.model_file
    spoil = _spoil_litert if manifest.format == "litert" else _spoil_onnx
    assert spoil(model) > 0
    entries = artifact_folder.entries(target)
    artifact_folder.write_manifest(target, msgspec.structs.replace(manifest, files=entries))
    return target


def _spoil_onnx(path: Path) -> int:
    import onnx
    from onnx import numpy_helper

    model = onnx.load(path)
    spoilt = 0
    for tensor in model.graph.initializer:
        if tensor.name.endswith("/scales"):
            scales = numpy_helper.to_array(tensor).copy()
            scales[::2] *= FACTOR
            tensor.CopyFrom(numpy_helper.from_array(scales, tensor.name))
            spoilt += 1
    onnx.save(model, path)
    return spoilt


def _spoil_litert(path: Path) -> int:
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    spoilt = 0
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            scales = None if tensor.quantization is None else tensor.quantization.scale
            if scales is not None and len(scales) > 1:
                changed = np.array(scales, dtype=np.float32)
                changed[::2] *= FACTOR
                tensor.quantization.scale = changed
                spoilt += 1
    builder = flatbuffers.Builder(path.stat().st_size)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(builder.Output())
    return spoilt
