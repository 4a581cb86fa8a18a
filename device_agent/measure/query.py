"""One query: tokenise, infer and decode, each timed on its own with nothing of ours between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter_ns

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from device_agent.contract.events import Timing
from device_agent.contract.samples import Input, Prediction
from device_agent.measure.stopwatch import WatchedTokenizer
from device_agent.runtimes.protocol import Session
from device_agent.tasks.protocol import Head


@dataclass(frozen=True)
class Loaded:
    """All that a query needs of one artifact, in memory.

    Attributes:
        max_tokens: Longest row that its position embeddings allow.
    """

    session: Session
    tokenizer: Tokenizer
    labels: Sequence[str]
    max_tokens: int


@dataclass(frozen=True)
class Measured:
    """A query's result and where its time went; retrieval's result is a vector."""

    result: Prediction | npt.NDArray[np.float32]
    timing: Timing


def run_query(head: Head, loaded: Loaded, sample_input: Input) -> Measured:
    """Run one query at batch 1, row by row, unpadded: dynamic int8 depends on the padding.

    Times are integer nanoseconds of the performance counter.
    """
    run = loaded.session.run
    tokenizer = WatchedTokenizer(loaded.tokenizer)
    started = perf_counter_ns()
    rows = head.encode(tokenizer, sample_input)
    encoded = perf_counter_ns()
    outputs = [run(row) for row in rows]
    inferred = perf_counter_ns()
    result = head.decode(sample_input, rows, outputs, loaded.labels)
    decoded = perf_counter_ns()
    return Measured(
        result=result,
        timing=Timing(
            tokens=sum(row.input_ids.shape[1] for row in rows),
            tokenise_ns=encoded - started,
            infer_ns=inferred - encoded,
            decode_ns=decoded - inferred,
            encode_ns=encoded - started - tokenizer.spent_ns,
        ),
    )
