"""The harness's own time: queries of an engine that only waits, on the path of every other query.

The counterpart of MLPerf LoadGen's null system under test. Head and tokenizer do nothing here,
so what a query took beyond the wait is what calls, clocks and bookkeeping add to each real one.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter_ns

import numpy as np
from tokenizers import Tokenizer

from device_agent.contract.artifact import HeadName
from device_agent.contract.runspec import Performance
from device_agent.contract.samples import Input, PairInput
from device_agent.measure.collector import collector_off
from device_agent.measure.offline import run_offline
from device_agent.measure.query import Loaded, run_query
from device_agent.tasks.protocol import Outputs, Row

DELAY_NS = 50_000
_UNTIMED = 50


class _NullTokenizer:
    """Makes nothing of a text; that it is watched costs what it does for every other one."""

    def encode(self, text: str) -> None:
        """Do nothing."""


class _NullHead:
    """Every input is the same row, and every output the same label."""

    name: HeadName = "sequence-classification"
    max_tokens = 1

    def __init__(self) -> None:
        ids = np.zeros((1, 1), dtype=np.int64)
        self._rows = [Row(input_ids=ids, token_type_ids=ids)]

    def encode(self, tokenizer: Tokenizer, sample_input: Input) -> list[Row]:  # noqa: ARG002
        tokenizer.encode("")
        return self._rows

    def decode(
        self,
        sample_input: Input,  # noqa: ARG002
        rows: Sequence[Row],  # noqa: ARG002
        outputs: Sequence[Outputs],  # noqa: ARG002
        labels: Sequence[str],
    ) -> str:
        return labels[0]


class _Waiting:
    """A session that spins for a fixed time, because a sleep is not that exact."""

    version = "1"
    providers: tuple[str, ...] = ("null",)
    threads = 1

    def run(self, row: Row) -> Outputs:  # noqa: ARG002
        end_ns = perf_counter_ns() + DELAY_NS
        while perf_counter_ns() < end_ns:
            pass
        return {}

    def run_batch(self, rows: Sequence[Row]) -> list[Outputs]:
        return [self.run(row) for row in rows]

    def close(self) -> None:
        """Nothing is held."""


def time_null_engine(plan: Performance) -> tuple[int, ...]:
    """Return what each of `plan.null_queries` queries took beyond the wait, in nanoseconds."""
    head = _NullHead()
    loaded = Loaded(session=_Waiting(), tokenizer=_NullTokenizer(), labels=("none",), max_tokens=1)
    inputs = [PairInput(first="", second="")] * plan.null_queries
    for each in inputs[:_UNTIMED]:
        run_query(head, loaded, each)
    with collector_off():
        if plan.scenario == "offline":
            done = run_offline(head, loaded, inputs, plan.batch_size)
        else:
            done = [run_query(head, loaded, each) for each in inputs]
    times = (one.timing for one in done)
    return tuple(max(t.tokenise_ns + t.infer_ns + t.decode_ns - DELAY_NS, 0) for t in times)
