"""Manifests for tests of the runtimes, which need little of them."""

from __future__ import annotations

from typing import Any

import msgspec

from device_agent.contract.artifact import (
    Agreement,
    ArtifactManifest,
    Lineage,
    Parity,
    Quantization,
    Tolerance,
)


def manifest_of(like: ArtifactManifest | None = None, **changes: Any) -> ArtifactManifest:
    """Return a manifest that allows everything, or another one, with some fields changed."""
    return msgspec.structs.replace(like or _PLAIN, **changes)


_PLAIN = ArtifactManifest(
    name="test",
    head="sequence-classification",
    format="onnx",
    recipe="fp32",
    model_file="model.onnx",
    architecture="bert",
    labels=("a", "b", "c"),
    max_tokens=16,
    vocabulary_size=10,
    hidden_size=4,
    layers=1,
    parameters=0,
    pooling=None,
    lineage=Lineage(
        base_model=None,
        regime=None,
        intermediate_tasks=(),
        target_task=None,
        seeds=None,
        checkpoint_digest="0" * 64,
    ),
    quantization=Quantization(quantized={}, skipped={}, parameters={}),
    parity=Parity(
        tolerance=Tolerance(relative_error=1.0, cosine=0.0, label_agreement=0.0),
        overall=Agreement(
            samples=1, max_abs_error=0.0, relative_error=0.0, cosine=1.0, label_agreement=1.0
        ),
        per_language={},
    ),
    graph_digest="0" * 64,
    versions={},
    files=(),
)
