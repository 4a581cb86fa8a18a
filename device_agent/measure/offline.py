"""All queries at once: tokenise all, infer in planned batches, decode all, with no time between.

MLPerf's offline scenario: what counts is how many queries a second get done. The engine may take
them in any order, so the plan puts rows of like length into one batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter_ns

from device_agent.contract.errors import DeviceError
from device_agent.contract.events import Timing
from device_agent.contract.samples import Input
from device_agent.measure.batches import plan_batches
from device_agent.measure.query import Loaded, Measured
from device_agent.measure.stopwatch import WatchedTokenizer
from device_agent.runtimes.protocol import BatchSession
from device_agent.tasks.protocol import Head, Outputs, Row


def run_offline(
    head: Head, loaded: Loaded, inputs: Sequence[Input], batch_size: int
) -> list[Measured]:
    """Run all queries; results come in the order of the inputs.

    The times of all queries together are the time from the first text to the last prediction:
    each step begins where the one before it ended, so planning, padding and cutting count as well.
    A batch's time is shared equally among its rows, for each costs as much as the longest.

    Args:
        head: Fitted to the model.
        loaded: The artifact.
        inputs: Of all queries.
        batch_size: Rows of a batch; `plan_batches` says which.

    Raises:
        DeviceError: The artifact's runtime takes no batches.
    """
    run = _run_batch(loaded)
    laps = _Laps()
    rows, tokenise_ns, encode_ns = [], [], []
    for each in inputs:
        tokenizer = WatchedTokenizer(loaded.tokenizer)
        rows.append(head.encode(tokenizer, each))
        tokenise_ns.append(laps.lap_ns())
        encode_ns.append(tokenise_ns[-1] - tokenizer.spent_ns)
    owners = [query for query, own in enumerate(rows) for _ in own]
    flat = [row for own in rows for row in own]
    outputs: list[Outputs] = [{}] * len(flat)
    infer_ns = [0] * len(rows)
    for batch in plan_batches([row.input_ids.shape[1] for row in flat], batch_size):
        for index, output in zip(batch, run([flat[index] for index in batch]), strict=True):
            outputs[index] = output
        for index, share_ns in zip(batch, split_evenly(laps.lap_ns(), len(batch)), strict=True):
            infer_ns[owners[index]] += share_ns
    results, decode_ns = [], []
    left = iter(outputs)
    for each, own in zip(inputs, rows, strict=True):
        results.append(head.decode(each, own, [next(left) for _ in own], loaded.labels))
        decode_ns.append(laps.lap_ns())
    return [
        Measured(
            result=results[query],
            timing=Timing(
                tokens=sum(row.input_ids.shape[1] for row in own),
                tokenise_ns=tokenise_ns[query],
                infer_ns=infer_ns[query],
                decode_ns=decode_ns[query],
                encode_ns=encode_ns[query],
            ),
        )
        for query, own in enumerate(rows)
    ]


def first_batches(
    head: Head, loaded: Loaded, inputs: Sequence[Input], batch_size: int, most: int
) -> list[Callable[[], object]]:
    """Return what runs each of the batches that come first, the largest, at most so many."""
    run = _run_batch(loaded)
    rows = [row for each in inputs for row in head.encode(loaded.tokenizer, each)]
    plan = plan_batches([row.input_ids.shape[1] for row in rows], batch_size)
    return [partial(run, [rows[index] for index in batch]) for batch in plan[:most]]


def split_evenly(total: int, parts: int) -> list[int]:
    """Return whole shares that sum up to the total; the first ones take what is left over."""
    share, rest = divmod(total, parts)
    return [share + (part < rest) for part in range(parts)]


class _Laps:
    """Times steps that follow each other without a gap."""

    def __init__(self) -> None:
        self._at_ns = perf_counter_ns()

    def lap_ns(self) -> int:
        """Return the time since the last call, or since the start."""
        begin_ns, self._at_ns = self._at_ns, perf_counter_ns()
        return self._at_ns - begin_ns


def _run_batch(loaded: Loaded) -> Callable[[Sequence[Row]], list[Outputs]]:
    if not isinstance(loaded.session, BatchSession):
        raise DeviceError(
            "Scenario offline runs batches, and this artifact's runtime takes one row at a time.",
            remedy="Write `performance: {scenario: single-stream}` into the study file, or "
            "`format: onnx` for its variants.",
        )
    return loaded.session.run_batch
