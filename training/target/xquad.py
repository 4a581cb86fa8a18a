"""XQuAD, learned from SQuAD 1.1 in English: `squad/train-v1.1.json`."""

from __future__ import annotations

from dataclasses import replace

from training.intermediate import squad
from training.learning import LearningTask
from training.recipe import Hyperparameters

_SOURCE = replace(squad.SOURCE, task="xquad", patterns=(), only_english="SQuAD")

TASK = LearningTask(
    name="xquad",
    solved_as="xquad",
    read=_SOURCE.read,
    fetch=_SOURCE.fetch,
    hyperparameters=Hyperparameters(epochs=3, learning_rate=3e-5, weight_decay=1e-4),
)
