"""Makes an artifact slower by a known share, without changing a bit of what it computes.

A branch beside the model multiplies its first hidden states with a matrix whose width decides how
long that takes; its sum, times zero, is added to the logits, so no engine can leave it out.
"""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from device_agent import runtimes
from device_agent.contract.artifact import TOKENIZER_NAME
from device_agent.contract.runspec import RuntimeOptions
from device_agent.contract.samples import Input
from device_agent.measure.query import Loaded, run_query
from device_agent.tasks.protocol import Head
from export import artifact_folder

_WIDEST = 4096
_STEPS = 7
_OPENINGS = 20
_WARM_UP = 5


def slow_down(source: Path, target: Path, width: int) -> Path:
    """Copy an artifact with a branch of that width; manifest and digests are its own.

    Raises:
        ValueError: The model has no float input to its first block.
    """
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    manifest, _ = artifact_folder.read(target)
    path = target / manifest.model_file
    model = onnx.load(path)
    _add_branch(model.graph, manifest.hidden_size, width)
    onnx.save(model, path)
    entries = artifact_folder.entries(target)
    renewed = msgspec.structs.replace(cast("Any", manifest), files=entries)
    artifact_folder.write_manifest(target, renewed)
    return target


def _add_branch(graph: onnx.GraphProto, hidden: int, width: int) -> None:
    states = _first_norm(graph)
    logits = graph.output[0].name
    for node in graph.node:
        for index, name in enumerate(node.output):
            if name == logits:
                node.output[index] = "plain_logits"
    weights = np.random.default_rng(0).standard_normal((hidden, width)).astype(np.float32)
    graph.initializer.append(numpy_helper.from_array(weights / hidden, "branch_weights"))
    graph.initializer.append(helper.make_tensor("branch_zero", TensorProto.FLOAT, [], [0.0]))
    graph.node.extend(
        [
            helper.make_node("MatMul", [states, "branch_weights"], ["branch_wide"]),
            helper.make_node("Relu", ["branch_wide"], ["branch_positive"]),
            helper.make_node("ReduceMean", ["branch_positive"], ["branch_mean"], keepdims=0),
            helper.make_node("Mul", ["branch_mean", "branch_zero"], ["branch_nothing"]),
            helper.make_node("Add", ["plain_logits", "branch_nothing"], [logits]),
        ]
    )


def _first_norm(graph: onnx.GraphProto) -> str:
    """Return the output of the first normalisation: hidden states, float32 [batch, tokens, …]."""
    for node in graph.node:
        if "LayerNormalization" in node.op_type:
            return str(node.output[0])
    raise ValueError("the model has no normalisation to branch off from")


def calibrate(
    source: Path, scratch: Path, head: Head, inputs: Sequence[Input], ratio: float
) -> tuple[int, float]:
    """Return the width that makes queries take so many times as long, and what it really came to.

    Args:
        source: An artifact.
        scratch: A folder to try widths in.
        head: Of its task.
        inputs: Queries; both are timed on the same ones, in turns.
        ratio: Wanted: 1.05 is 5 % more.
    """
    low, high = 1, _WIDEST
    for _ in range(_STEPS):
        middle = (low + high) // 2
        slow = slow_down(source, scratch / "slow", middle)
        if measure_ratio(source, slow, head, inputs, _OPENINGS) < ratio:
            low = middle
        else:
            high = middle
    slow = slow_down(source, scratch / "slow", high)
    return high, measure_ratio(source, slow, head, inputs, 4 * _OPENINGS)


def measure_ratio(
    fast: Path, slow: Path, head: Head, inputs: Sequence[Input], openings: int
) -> float:
    """Return the median over queries and sessions of slow over fast, without the product's loop.

    Sessions are opened anew, as rounds do: where one lands in memory moves all of its queries, so
    a single pair of sessions would tell its own luck.
    """
    ratios = []
    for number in range(openings):
        one, other = _open(fast), _open(slow)
        order = (one, other) if number % 2 else (other, one)
        for asked in inputs[:_WARM_UP]:
            for loaded in order:
                _nanoseconds(head, loaded, asked)
        taken = {
            id(loaded): [_nanoseconds(head, loaded, asked) for asked in inputs] for loaded in order
        }
        ratios += [b / a for a, b in zip(taken[id(one)], taken[id(other)], strict=True)]
    return statistics.median(ratios)


def _nanoseconds(head: Head, loaded: Loaded, asked: Input) -> int:
    timing = run_query(head, loaded, asked).timing
    return timing.tokenise_ns + timing.infer_ns + timing.decode_ns


def _open(folder: Path) -> Loaded:
    manifest, _ = artifact_folder.read(folder)
    session = runtimes.get("onnxruntime")(
        folder, manifest, RuntimeOptions(provider="cpu", threads=1)
    )
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_NAME))
    return Loaded(session, tokenizer, manifest.labels, manifest.max_tokens)
