"""What a query of the agent takes beyond a bare `session.run`, both on one session, in turns."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter_ns

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from device_agent import tasks
from device_agent.contract import codec
from device_agent.contract.artifact import MANIFEST_NAME, ArtifactManifest
from device_agent.contract.samples import Input
from device_agent.measure.collector import collector_off
from device_agent.measure.query import Loaded, run_query
from device_agent.runtimes.onnxruntime import OnnxSession
from device_agent.tasks.protocol import Head

_WARM_UP = 3


def query_overhead(
    artifact: Path, task: str, inputs: Sequence[Input], *, rounds: int, threads: int
) -> float:
    """Return the median over queries of agent's time / bare time, minus 1.

    The agent tokenises, checks, infers and decodes; the bare call gets arrays that are ready. Both
    take turns in going first. Of each input the least time of all rounds counts on either side,
    because what others do on the machine only ever adds.

    Args:
        artifact: Its folder.
        task: Whose head encodes and decodes.
        inputs: Of that task, one row each.
        rounds: How often each input runs.
        threads: For one query.
    """
    path = artifact / MANIFEST_NAME
    manifest = codec.decode(path.read_bytes(), ArtifactManifest, source=str(path))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    engine = onnxruntime.InferenceSession(
        artifact / manifest.model_file, options, providers=["CPUExecutionProvider"]
    )
    loaded = Loaded(
        session=OnnxSession(engine, threads, manifest, padding_id=1),
        tokenizer=Tokenizer.from_file(str(artifact / "tokenizer.json")),
        labels=manifest.labels,
        max_tokens=manifest.max_tokens,
    )
    head = tasks.get(task).head
    for each in inputs[:_WARM_UP]:
        run_query(head, loaded, each)
    ratios: list[float] = []
    with collector_off():
        for each in inputs:
            pairs = [_pair(engine, head, loaded, each, turn % 2 == 0) for turn in range(rounds)]
            agents, bares = zip(*pairs, strict=True)
            ratios.append(min(agents) / min(bares) - 1)
    return statistics.median(ratios)


def _pair(
    engine: onnxruntime.InferenceSession,
    head: Head,
    loaded: Loaded,
    each: Input,
    bare_first: bool,
) -> tuple[int, int]:
    """Return nanoseconds of the agent's query and of the bare call."""
    (row,) = head.encode(loaded.tokenizer, each)
    feeds = {"input_ids": row.input_ids, "attention_mask": np.ones_like(row.input_ids)}

    def agent() -> int:
        started = perf_counter_ns()
        run_query(head, loaded, each)
        return perf_counter_ns() - started

    def bare() -> int:
        started = perf_counter_ns()
        engine.run(None, feeds)
        return perf_counter_ns() - started

    if bare_first:
        bare_ns = bare()
        return agent(), bare_ns
    return agent(), bare()
