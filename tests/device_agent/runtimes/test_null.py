"""The null runtime answers in the right shapes, and takes the time it was told."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from device_agent import runtimes
from device_agent.contract.artifact import ArtifactManifest
from device_agent.contract.runspec import RuntimeOptions
from device_agent.runtimes.null import NullSession
from device_agent.tasks.protocol import Row

IDS = np.zeros((1, 5), dtype=np.int64)
ROW = Row(IDS, IDS)


def manifest(head: str) -> ArtifactManifest:
    found = SimpleNamespace(head=head, labels=("a", "b", "c"), hidden_size=8)
    return cast("ArtifactManifest", found)


@pytest.mark.parametrize(
    ("head", "shapes"),
    [
        ("sequence-classification", {"logits": (1, 3)}),
        ("multiple-choice", {"logits": (1, 1)}),
        ("token-classification", {"logits": (1, 5, 3)}),
        ("question-answering", {"start_logits": (1, 5), "end_logits": (1, 5)}),
        ("sentence-embedding", {"embedding": (1, 8)}),
    ],
)
def test_answers_zeros_in_the_heads_shapes(head: str, shapes: dict[str, tuple[int, ...]]) -> None:
    """Every head can decode what it gets."""
    options = RuntimeOptions(name="null", provider="cpu", threads=2)
    outputs = runtimes.get("null")(Path(), manifest(head), options).run(ROW)
    assert {name: array.shape for name, array in outputs.items()} == shapes
    assert not any(array.any() for array in outputs.values())


def test_a_batch_is_its_rows_one_after_another() -> None:
    """Each row gets zeros of its own length."""
    session = NullSession(manifest("question-answering"), threads=1)
    longer = np.zeros((1, 7), dtype=np.int64)
    shapes = [found["end_logits"].shape for found in session.run_batch([ROW, Row(longer, longer)])]
    assert shapes == [(1, 5), (1, 7)]


def test_takes_the_delay_that_it_was_given() -> None:
    """A known latency goes in, so that a harness can be seen to measure it."""
    session = NullSession(manifest("multiple-choice"), threads=1, delay_ns=2_000_000)
    started = time.perf_counter_ns()
    session.run(ROW)
    assert time.perf_counter_ns() - started >= 2_000_000


def test_both_runtimes_are_listed() -> None:
    """A file is a runtime."""
    assert {"null", "onnxruntime"} <= set(runtimes.names())
