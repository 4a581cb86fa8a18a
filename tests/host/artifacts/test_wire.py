"""What a study's export and its processes say to each other survives the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.artifact import Pooling
from host.artifacts.corpus import EvaluationData
from host.artifacts.order import Order
from host.artifacts.plan import Job
from host.artifacts.wire import (
    Ended,
    Failed,
    Message,
    Stepped,
    read_message,
    read_orders,
    write_message,
    write_orders,
)


def order() -> Order:
    job = Job(
        checkpoint=Path("/study/english/encoder"),
        head="sentence-embedding",
        tasks=("tatoeba", "bucc2018"),
        pooling=Pooling(method="mean", layer=8),
        regime="english",
        intermediate_tasks=("mnli",),
        base_model=None,
        trimmed=True,
        format="onnx",
        outputs={"fp32": Path("/out/a"), "int8-dynamic": Path("/out/b ü\n")},
    )
    data = EvaluationData(Path("/data"), "test", {"tatoeba": ["de"], "bucc2018": None})
    return Order(number=3, job=job, data=data, shared=Path("/tmp/s"), memory_bytes=5)


def test_orders_read_back() -> None:
    """With paths, pooling and all, in one line."""
    line = write_orders([order()])
    assert line.count(b"\n") == 1
    assert read_orders(line) == [order()]


@pytest.mark.parametrize(
    "message",
    [
        Stepped(1, "xnli", "quantize", "fp32"),
        Stepped(1, "xnli", "load", None),
        Ended(2, {"/out/a": True}, ("a note",), (Failed("/b", "fp32", "m\nn", "r"),), 7),
    ],
)
def test_messages_read_back(message: Message) -> None:
    """In one line each."""
    line = write_message(message)
    assert line.count(b"\n") == 1
    assert read_message(line) == message
