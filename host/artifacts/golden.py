"""Takes the golden inputs of an artifact from the data that it will be evaluated on."""

from __future__ import annotations

from collections.abc import Sequence

from device_agent import tasks
from device_agent.contract.samples import Sample
from device_agent.tasks.protocol import Row, fit
from export.checkpoint import Checkpoint
from host.artifacts.corpus import EvaluationData
from host.data.source import languages_of, read_language

SAMPLES_PER_LANGUAGE = 3
"""Enough to show another model or kernel; the golden set is repeated on every device."""


def golden_inputs(
    checkpoint: Checkpoint, data: EvaluationData
) -> dict[str, Sequence[tuple[Row, ...]]]:
    """Take a few samples per language, encoded as the device does.

    Raises:
        DataError: A file is malformed.
    """
    found: dict[str, list[tuple[Row, ...]]] = {}
    for name, languages in data.wanted.items():
        task = tasks.get(name)
        fitted = fit(task.head, checkpoint.max_tokens)
        for language in languages or languages_of(task):
            samples = read_language(task, data.root, language, data.split)
            for sample in _few(samples or []):
                rows = tuple(fitted.encode(checkpoint.tokenizer, sample.input))
                found.setdefault(language, []).append(rows)
    return dict(found)


def _few(samples: list[Sample]) -> list[Sample]:
    """Take samples spread over the file; of retrieval, candidates: they are in the language."""
    candidates = [sample for sample in samples if not sample.is_scored]
    pool = candidates or samples
    return pool[:: max(1, len(pool) // SAMPLES_PER_LANGUAGE)][:SAMPLES_PER_LANGUAGE]
