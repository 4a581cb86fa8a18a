"""UDPOS, learned from `udpos/train-<language>.tsv`."""

from __future__ import annotations

from pathlib import Path

from device_agent import tasks
from training.examples import Example, read_examples
from training.learning import LearningTask
from training.recipe import Hyperparameters


def _read(root: Path, language: str) -> list[Example]:
    return read_examples(tasks.get("udpos"), root, language, "train")


TASK = LearningTask(
    name="udpos",
    solved_as="udpos",
    read=_read,
    hyperparameters=Hyperparameters(epochs=10, learning_rate=2e-5),
)
