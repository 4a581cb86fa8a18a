"""Answers every query with zeros after a fixed delay: measures the harness, not a model.

The counterpart of MLPerf LoadGen's null system under test: what a run takes with it is the
harness's own time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.runspec import RuntimeOptions
from device_agent.runtimes.protocol import Session
from device_agent.tasks.protocol import Outputs, Row


class NullSession:
    """Needs no model file; see `protocol.Session`.

    Attributes:
        delay_ns: How long each row takes, spent spinning, because a sleep is not that exact.
    """

    version = "1"
    providers: tuple[str, ...] = ("null",)

    def __init__(self, manifest: ArtifactManifest, threads: int, delay_ns: int = 0):
        self.threads = threads
        self.delay_ns = delay_ns
        self._manifest = manifest

    def run(self, row: Row) -> Outputs:
        """Return zeros in the shapes that the head expects."""
        end_ns = time.perf_counter_ns() + self.delay_ns
        shapes = _shapes(self._manifest, row.input_ids.shape[1])
        outputs = {name: np.zeros(shape, dtype=np.float32) for name, shape in shapes.items()}
        while time.perf_counter_ns() < end_ns:
            pass
        return outputs

    def run_batch(self, rows: Sequence[Row]) -> list[Outputs]:
        """Return zeros for each row, one after another."""
        return [self.run(row) for row in rows]

    def close(self) -> None:
        """Nothing is held."""


def open_session(
    folder: Path,  # noqa: ARG001 the protocol's signature
    manifest: ArtifactManifest,
    options: RuntimeOptions,
) -> Session:
    """Open a session without any delay."""
    return NullSession(manifest, options.threads)


def _shapes(manifest: ArtifactManifest, tokens: int) -> dict[str, tuple[int, ...]]:
    classes = len(manifest.labels)
    if manifest.head == "question-answering":
        return {"start_logits": (1, tokens), "end_logits": (1, tokens)}
    if manifest.head == "sentence-embedding":
        return {"embedding": (1, manifest.hidden_size)}
    if manifest.head == "token-classification":
        return {"logits": (1, tokens, classes)}
    return {"logits": (1, 1 if manifest.head == "multiple-choice" else classes)}
