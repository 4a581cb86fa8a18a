"""Writes checkpoint folders whole: model, tokenizer and record appear together or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from export.tokenizer import files as tokenizer_files
from training.errors import TrainingError
from training.lineage import Training, write_training


def save(model: Any, tokenizer: Path, folder: Path, training: Training, *, half: bool) -> None:
    """Write a folder in the usual Hugging Face layout, in place of one that is there.

    Args:
        model: A transformers model.
        tokenizer: Folder whose tokenizer files are copied.
        folder: To be made.
        training: How the model was made.
        half: Store the weights as float16. The configuration still says float32: that is what
            they are meant to be computed in.

    Raises:
        TrainingError: The disk is full, or cannot be written; what was there before stays.
    """
    part = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        kept = torch.float16 if half else torch.float32
        weights = {name: tensor.to(kept) for name, tensor in model.state_dict().items()}
        model.save_pretrained(part, state_dict=weights)
        for file in tokenizer_files(tokenizer):
            shutil.copyfile(file, part / file.name)
        write_training(part, training)
        if folder.exists():
            shutil.rmtree(folder)
        part.rename(folder)
    except (OSError, SafetensorError) as error:
        shutil.rmtree(part, ignore_errors=True)
        raise TrainingError(
            f"{folder}: the checkpoint cannot be written: {error}.",
            remedy="Free some space there, or name another folder, and train again.",
        ) from error
