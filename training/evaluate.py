"""Scores a checkpoint in PyTorch with the device's own encoding, decoding and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from device_agent.contract.artifact import Pooling
from device_agent.contract.samples import Gold, Sample, SentenceInput
from device_agent.tasks.protocol import (
    Embedded,
    RetrievalTask,
    Retrieved,
    Score,
    Task,
    Tuning,
    fit,
)
from export import model as torch_model
from export.checkpoint import Checkpoint
from export.model import Exportable
from export.opening import open_checkpoint


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
    read = {language: task.read(root, language) for language in _read(task, languages)}
    decoded = {
        language: {s.id: _decoded(s, task, checkpoint, model) for s in samples}
        for language, samples in read.items()
    }
    scores = {}
    for language in languages:
        scored = {s.id for s in read[language] if s.is_scored}
        gold = {s.id: s.gold for s in read[language] if s.gold is not None and s.id in scored}
        predictions = decoded[language]
        if isinstance(task, RetrievalTask):
            found = _retrieved(task, language, read, decoded)
            if found.unscored:
                scores[language] = Score(unscored=found.unscored)
                continue
            predictions = found.rankings
            gold = _within(gold, read) if task.pooled else gold
        scores[language] = task.score(predictions, gold, language)
    return scores


def _read(task: Task, languages: Sequence[str]) -> list[str]:
    """Return what has to be read: a pool of its own belongs to no language."""
    own = task.pool_language if isinstance(task, RetrievalTask) else None
    return [*languages, *([own] if own else [])]


def _within(gold: Mapping[str, Gold], read: Mapping[str, Sequence[Sample]]) -> dict[str, Gold]:
    """Leave out right answers in languages that are not evaluated: nobody could find them."""
    there = {s.id for samples in read.values() for s in samples if not s.is_scored}
    kept = {
        query: tuple(target for target in targets if target in there)
        for query, targets in gold.items()
        if isinstance(targets, tuple)
    }
    return {query: targets for query, targets in kept.items() if targets}


def _decoded(sample: Sample, task: Task, checkpoint: Checkpoint, model: Exportable) -> Any:
    head = fit(task.head, checkpoint.max_tokens)
    rows = head.encode(checkpoint.tokenizer, sample.input)
    outputs = [model.reference(row) for row in rows]
    return head.decode(sample.input, rows, outputs, task.labels)


def _retrieved(
    task: RetrievalTask,
    language: str,
    read: Mapping[str, Sequence[Sample]],
    vectors: Mapping[str, Mapping[str, Any]],
) -> Retrieved:
    """Look each query of a language up among its candidates, or among those of all."""
    pools = read if task.pooled else {language: read[language]}

    def side(role: str, *, tuning: bool, parts: Mapping[str, Sequence[Sample]]) -> Embedded:
        chosen = [
            (sample, vectors[part][sample.id])
            for part, samples in parts.items()
            for sample in samples
            if isinstance(sample.input, SentenceInput)
            and (sample.input.role, sample.input.tuning) == (role, tuning)
        ]
        return Embedded(
            ids=[sample.id for sample, _ in chosen],
            vectors=np.array([vector for _, vector in chosen], dtype=np.float32),
            same_as={
                row: sample.input.same_as
                for row, (sample, _) in enumerate(chosen)
                if isinstance(sample.input, SentenceInput) and sample.input.same_as
            },
        )

    here = {language: read[language]}
    queries = side("query", tuning=True, parts=here)
    wanted = set(queries.ids)
    gold = {s.id: s.gold for s in read[language] if s.gold is not None and s.id in wanted}
    tuning = Tuning(queries, side("candidate", tuning=True, parts=here), gold)
    return task.retrieve(
        side("query", tuning=False, parts=here),
        side("candidate", tuning=False, parts=pools),
        tuning if wanted else None,
    )
