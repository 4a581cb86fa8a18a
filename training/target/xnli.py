"""XNLI, learned from `xnli/train-<language>.tsv` (MNLI where it is English)."""

from __future__ import annotations

from pathlib import Path

from device_agent import tasks
from training.examples import Example, read_examples
from training.learning import LearningTask
from training.recipe import Hyperparameters


def _read(root: Path, language: str) -> list[Example]:
    return read_examples(tasks.get("xnli"), root, language, "train")


TASK = LearningTask(
    name="xnli",
    solved_as="xnli",
    read=_read,
    hyperparameters=Hyperparameters(epochs=3, learning_rate=2e-5),
)
