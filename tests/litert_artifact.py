"""A whole LiteRT artifact without a converter: its model adds its inputs up."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from device_agent import golden
from device_agent.contract.artifact import GOLDEN_NAME, TOKENIZER_NAME, Tolerance
from device_agent.tasks.protocol import Row
from export import artifact_folder
from tests.device_agent.runtimes.litert_models import write_sum
from tests.device_agent.runtimes.manifests import manifest_of

TOLERANCE = Tolerance(relative_error=1e-3, cosine=0.999, label_agreement=1.0)


def write_litert_artifact(folder: Path, *, wrong_by: float = 0.0) -> Path:
    """Write the artifact.

    Args:
        folder: Is made.
        wrong_by: What the golden set's reference is away from what the model computes.
    """
    folder.mkdir(parents=True)
    write_sum(folder)
    (folder / TOKENIZER_NAME).write_text("{}")
    ids = np.array([[5, 6, 7]], dtype=np.int64)
    row = Row(input_ids=ids, token_type_ids=np.zeros_like(ids))
    expected = {"logits": (ids + 1).astype(np.float32) + np.array([[wrong_by, 0, 0]], np.float32)}
    golden.save(
        folder / GOLDEN_NAME,
        [golden.GoldenSample(language="en", rows=(row,), reference=(expected,))],
    )
    manifest = manifest_of(
        name="sum",
        head="token-classification",
        format="litert",
        model_file="model.tflite",
        max_tokens=8,
        buckets=(4, 8),
        files=artifact_folder.entries(folder),
    )
    parity = msgspec.structs.replace(manifest.parity, tolerance=TOLERANCE)
    artifact_folder.write_manifest(folder, msgspec.structs.replace(manifest, parity=parity))
    return folder
