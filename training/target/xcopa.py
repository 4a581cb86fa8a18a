"""XCOPA, learned from `xcopa/train-<language>.jsonl` (COPA where it is English)."""

from __future__ import annotations

from pathlib import Path

from device_agent import tasks
from training.examples import Example, read_examples
from training.learning import LearningTask
from training.recipe import Hyperparameters


def _read(root: Path, language: str) -> list[Example]:
    return read_examples(tasks.get("xcopa"), root, language, "train")


TASK = LearningTask(
    name="xcopa",
    solved_as="xcopa",
    read=_read,
    hyperparameters=Hyperparameters(epochs=5, learning_rate=2e-5, batch_size=16),
)
