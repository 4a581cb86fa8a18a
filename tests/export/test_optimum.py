"""An artifact folder is a plain Optimum folder: its classes load it and agree with our runtime."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from optimum import onnxruntime as optimum

from device_agent import golden
from device_agent.contract.artifact import HeadName
from device_agent.contract.runspec import RuntimeOptions
from device_agent.runtimes.onnxruntime import open_session
from export.pipeline import export_checkpoint
from export.request import ExportRequest

CLASSES: dict[HeadName, Any] = {
    "sequence-classification": optimum.ORTModelForSequenceClassification,
    "multiple-choice": optimum.ORTModelForMultipleChoice,
    "token-classification": optimum.ORTModelForTokenClassification,
    "question-answering": optimum.ORTModelForQuestionAnswering,
    "sentence-embedding": optimum.ORTModelForCustomTasks,
}


@pytest.mark.parametrize("architecture", ["xlm-roberta", "bert"])
@pytest.mark.parametrize("head", CLASSES)
def test_optimum_loads_the_folder_and_agrees(
    make_checkpoint: Callable[..., Path], tmp_path: Path, architecture: str, head: HeadName
) -> None:
    """`ORTModelForX.from_pretrained(folder)` gives the outputs that the device's runtime gives."""
    request = ExportRequest(
        checkpoint=make_checkpoint(architecture, head), output=tmp_path, recipes=["fp32"]
    )
    (artifact,) = export_checkpoint(request).artifacts
    theirs = CLASSES[head].from_pretrained(artifact.folder)
    options = RuntimeOptions(name="onnxruntime", provider="cpu", threads=1)
    ours = open_session(artifact.folder, artifact.manifest, options)
    row = golden.load(artifact.folder / "golden.npz")[-1].rows[0]
    feeds = {"input_ids": row.input_ids, "attention_mask": np.ones_like(row.input_ids)}
    if architecture == "bert":
        feeds["token_type_ids"] = row.token_type_ids
    if head == "multiple-choice":
        feeds = {name: array[np.newaxis] for name, array in feeds.items()}
    found = theirs(**{name: torch.from_numpy(array) for name, array in feeds.items()})
    for name, expected in ours.run(row).items():
        np.testing.assert_allclose(found[name].numpy(), expected, atol=1e-5)
