"""A checkpoint that was opened: what an export knows of it before torch is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from device_agent.contract.artifact import HeadName
from device_agent.contract.codec import Digest
from export.architectures import Architecture
from export.background import Background
from export.lineage import TrainingRecord
from export.weights import Weights

CONFIG_NAME = "config.json"


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint folder whose parts are there and fit together.

    Attributes:
        folder: Where it lies.
        config: config.json as it is.
        class_name: The class that saved it, as config.json's `architectures` has it, but for
            XLM's `Simple`.
        architecture: Its encoder family.
        head: The head to export.
        weights: Its files, whole.
        tokenizer: As the device will open it.
        record: What is known of its training.
        max_tokens: Longest input, special tokens included.
        vocabulary_size: Rows of the word embedding.
        hidden_size: Width of the encoder.
        layers: Blocks of the encoder.
        hashing: Finds `digest` while the rest goes on; gigabytes take seconds.
    """

    folder: Path
    config: Mapping[str, Any]
    class_name: str
    architecture: Architecture
    head: HeadName
    weights: Weights
    tokenizer: Tokenizer
    record: TrainingRecord
    max_tokens: int
    vocabulary_size: int
    hidden_size: int
    layers: int
    hashing: Background[Digest]

    @property
    def name(self) -> str:
        """The folder's name, by which messages call the checkpoint."""
        return self.folder.resolve().name

    @property
    def digest(self) -> Digest:
        """Identity of weights, config and tokenizer."""
        return self.hashing.result()

    def has_tensor(self, name: str) -> bool | None:
        """Say whether the weights have that tensor (encoder's prefix included); None if untold."""
        shapes = self.weights.shapes
        bare = name.removeprefix(f"{self.architecture.prefix}.")
        return None if shapes is None else name in shapes or bare in shapes
