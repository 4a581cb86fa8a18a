"""MLQA, learned from SQuAD 1.1 in English: `squad/train-v1.1.json`."""

from __future__ import annotations

from dataclasses import replace

from training.intermediate import squad
from training.learning import LearningTask
from training.recipe import Hyperparameters

_SOURCE = replace(squad.SOURCE, task="mlqa", patterns=(), only_english="SQuAD")

TASK = LearningTask(
    name="mlqa",
    solved_as="mlqa",
    read=_SOURCE.read,
    fetch=_SOURCE.fetch,
    hyperparameters=Hyperparameters(epochs=3, learning_rate=3e-5, weight_decay=1e-4),
)
