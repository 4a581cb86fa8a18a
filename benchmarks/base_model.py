"""A question-answering model of base size: mBERT's real vocabulary and shape, random weights.

What a forward pass costs depends on shapes, not on what was learnt.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
import transformers

from device_agent.contract.artifact import ArtifactManifest
from export.pipeline import export_checkpoint
from export.request import ExportRequest


def export_base_model(vocabulary: Path, work: Path) -> tuple[Path, ArtifactManifest]:
    """Return the artifact's folder and manifest; what lies in `work` already is used again.

    Args:
        vocabulary: mBERT's `vocab.txt`.
        work: Gets `checkpoint/` and `artifacts/`, 1 GB together.
    """
    checkpoint = work / "checkpoint"
    if not (checkpoint / "tokenizer.json").exists():
        print(f"Making a model of base size in {work}.", file=sys.stderr)
        _write_checkpoint(vocabulary, checkpoint)
    request = ExportRequest(
        checkpoint=checkpoint,
        output=work / "artifacts",
        recipes=("int8-dynamic",),
        head="question-answering",
    )
    (artifact,) = export_checkpoint(request).artifacts
    return artifact.folder, artifact.manifest


def _write_checkpoint(vocabulary: Path, folder: Path) -> None:
    """Write the weights first: the tokenizer says that the folder is complete."""
    tokenizer = transformers.BertTokenizerFast(
        str(vocabulary), do_lower_case=False, model_max_length=512
    )
    torch.manual_seed(0)
    config = transformers.BertConfig(vocab_size=len(tokenizer))
    transformers.BertForQuestionAnswering(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
