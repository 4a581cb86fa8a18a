"""SQuAD 1.1: `squad/train-<language>.json`; in English also `train-v1.1.json`, as published."""

from __future__ import annotations

from pathlib import Path

from training.examples import Example, read_spans
from training.learning import LearningTask
from training.recipe import Hyperparameters


def _read(root: Path, language: str) -> list[Example]:
    path = root / "squad" / f"train-{language}.json"
    if language == "en" and not path.exists():
        path = path.with_name("train-v1.1.json")
    return read_spans(path)


TASK = LearningTask(
    name="squad",
    solved_as="xquad",
    read=_read,
    hyperparameters=Hyperparameters(epochs=2, learning_rate=3e-5),
)
