"""XQuAD, learned from SQuAD 1.1 in English: `squad/train-v1.1.json`."""

from __future__ import annotations

from pathlib import Path

from training.errors import TrainingError
from training.examples import Example, read_spans
from training.learning import LearningTask
from training.recipe import Hyperparameters


def _read(root: Path, language: str) -> list[Example]:
    if language != "en":
        raise TrainingError(
            f"XQuAD is learned from SQuAD, which is English; found {language!r}.",
            remedy="Train its target task on `en`; other languages belong to intermediate tasks.",
        )
    return read_spans(root / "squad" / "train-v1.1.json")


TASK = LearningTask(
    name="xquad",
    solved_as="xquad",
    read=_read,
    hyperparameters=Hyperparameters(epochs=3, learning_rate=3e-5),
)
