"""MNLI: `mnli/train-<language>.tsv`, premise, hypothesis and label; other languages translated."""

from __future__ import annotations

from pathlib import Path

from device_agent import tasks
from device_agent.tasks.reading.pairs import read_pairs
from training.examples import Example, labelled, not_empty
from training.learning import LearningTask
from training.recipe import Hyperparameters


def _read(root: Path, language: str) -> list[Example]:
    path = root / "mnli" / f"train-{language}.tsv"
    samples = read_pairs(path, None, tasks.get("xnli").labels, language)
    return not_empty(labelled(samples, str(path)), str(path))


TASK = LearningTask(
    name="mnli",
    solved_as="xnli",
    read=_read,
    hyperparameters=Hyperparameters(epochs=3, learning_rate=2e-5),
)
