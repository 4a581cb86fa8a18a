"""Scores a checkpoint in PyTorch with the device's own encoding, decoding and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from device_agent.contract.artifact import Pooling
from device_agent.contract.samples import Prediction, Sample, SentenceInput
from device_agent.tasks.heads.sentence_retrieval import rank
from device_agent.tasks.protocol import Score, Task
from export import model as torch_model
from export.checkpoint import Checkpoint, open_checkpoint
from export.model import Exportable


def evaluate(
    folder: Path,
    task: Task,
    root: Path,
    languages: Sequence[str],
    pooling: Pooling | None = None,
) -> dict[str, Score]:
    """Return the score of each language's test split.

    Args:
        folder: A checkpoint fine-tuned for the task, or an encoder for retrieval.
        task: What is evaluated.
        root: Data in the official layout.
        languages: Which of them.
        pooling: For retrieval only.

    Raises:
        ExportError: The folder is no such checkpoint.
        DataError: A file is missing or malformed.
    """
    checkpoint = open_checkpoint(folder, task.head.name)
    model = torch_model.load(checkpoint, pooling)
    scores = {}
    for language in languages:
        samples = task.read(root, language)
        decoded = {s.id: _decoded(s, task, checkpoint, model) for s in samples}
        gold = {s.id: s.gold for s in samples if s.gold is not None}
        predictions = _ranked(samples, decoded) if pooling else decoded
        scores[language] = task.score(predictions, gold, language)
    return scores


def _decoded(sample: Sample, task: Task, checkpoint: Checkpoint, model: Exportable) -> Any:
    rows = task.head.encode(checkpoint.tokenizer, sample.input)
    outputs = [model.reference(row) for row in rows]
    return task.head.decode(sample.input, rows, outputs, task.labels)


def _ranked(samples: Sequence[Sample], vectors: Mapping[str, Any]) -> dict[str, Prediction]:
    """Look each query up among the candidates."""
    roles: dict[str, list[str]] = {"query": [], "candidate": []}
    for sample in samples:
        assert isinstance(sample.input, SentenceInput)
        roles[sample.input.role].append(sample.id)
    queries, candidates = (np.stack([vectors[key] for key in roles[role]]) for role in roles)
    found = rank(queries, candidates, roles["candidate"], top_k=1)
    return dict(zip(roles["query"], found, strict=True))
