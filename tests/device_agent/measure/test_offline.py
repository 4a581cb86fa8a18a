"""Scenario offline: each query gets its own outputs and its share of the time, none of it lost."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from device_agent.contract.artifact import HeadName
from device_agent.contract.errors import DeviceError
from device_agent.contract.samples import ChoiceInput, Input
from device_agent.measure.collector import collector_off
from device_agent.measure.offline import first_batches, run_offline, split_evenly
from device_agent.measure.query import Loaded
from device_agent.tasks.heads.tokenisation import subwords, to_row
from device_agent.tasks.protocol import Outputs, Row


@dataclass(frozen=True)
class Words:
    """A head with a row for each choice, which predicts what its rows' outputs say, in order."""

    max_tokens: int = 128
    name: HeadName = "multiple-choice"

    def encode(self, tokenizer: Tokenizer, sample_input: Input) -> list[Row]:
        assert isinstance(sample_input, ChoiceInput)
        return [to_row(subwords(tokenizer, choice)) for choice in sample_input.choices]

    def decode(
        self,
        sample_input: Input,
        rows: Sequence[Row],
        outputs: Sequence[Outputs],
        labels: Sequence[str],
    ) -> str:
        return " ".join(str(int(output["logits"][0, 0])) for output in outputs)


@dataclass
class Counting:
    """Answers each row with its number of tokens, and notes what came together."""

    version: str = "1"
    providers: tuple[str, ...] = ("cpu",)
    threads: int = 1
    delay_s: float = 0.0
    batches: list[list[int]] = field(default_factory=list)
    collected: bool = False

    def run(self, row: Row) -> Outputs:
        return {"logits": np.array([[row.input_ids.shape[1]]], dtype=np.float32)}

    def run_batch(self, rows: Sequence[Row]) -> list[Outputs]:
        self.batches.append([row.input_ids.shape[1] for row in rows])
        self.collected |= gc.isenabled()
        time.sleep(self.delay_s)
        return [self.run(row) for row in rows]

    def close(self) -> None:
        """Nothing is held."""


class Single:
    """A session without batches."""

    version = "1"
    providers = ("cpu",)
    threads = 1

    def run(self, row: Row) -> Outputs:
        raise AssertionError

    def close(self) -> None:
        """Nothing is held."""


def loaded(session: Counting | Single) -> Loaded:
    tokenizer = Tokenizer(models.WordLevel({"?": 0, "w": 1}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return Loaded(session=session, tokenizer=tokenizer, labels=(), max_tokens=128)


def inputs(*lengths: tuple[int, ...]) -> list[Input]:
    """Return queries with a row for each length."""
    return [ChoiceInput(prompt="", choices=tuple("w " * n for n in own)) for own in lengths]


def test_results_come_in_the_order_of_the_inputs() -> None:
    """Whatever the plan made of them, each query decodes the outputs of its own rows."""
    session = Counting()
    done = run_offline(Words(), loaded(session), inputs((3,), (9, 2), (5,), (1, 7)), 2)
    assert [one.result for one in done] == ["3", "9 2", "5", "1 7"]
    assert session.batches == [[9, 7], [5, 3], [2, 1]]
    assert [one.timing.tokens for one in done] == [3, 11, 5, 8]


def test_no_time_is_lost() -> None:
    """All queries' times together are the time that the whole took."""
    session = Counting(delay_s=0.01)
    started = time.perf_counter_ns()
    done = run_offline(Words(), loaded(session), inputs((3,), (2,), (5,)), 2)
    took_ns = time.perf_counter_ns() - started
    timings = [one.timing for one in done]
    total_ns = sum(t.tokenise_ns + t.infer_ns + t.decode_ns for t in timings)
    assert 20_000_000 <= sum(t.infer_ns for t in timings) <= total_ns <= took_ns
    assert abs(timings[0].infer_ns - timings[2].infer_ns) <= 1


@given(st.integers(0, 10**12), st.integers(1, 64))
def test_shares_sum_up_to_the_whole(total: int, parts: int) -> None:
    """Nanoseconds are whole, and none is made or lost."""
    shares = split_evenly(total, parts)
    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1


@pytest.mark.parametrize("most", [0, 1, 2, 99])
def test_the_largest_batches_come_first(most: int) -> None:
    """The engine's memory has grown before the first timed batch; none is run by being listed."""
    session = Counting()
    texts = inputs((3,), (9, 2), (5,), (1, 7))
    batches = first_batches(Words(), loaded(session), texts, 2, most)
    assert session.batches == []
    for run in batches:
        run()
    assert session.batches == [[9, 7], [5, 3], [2, 1]][:most]


def test_the_collector_rests_while_batches_run() -> None:
    """A garbage collection inside a timed region would be ours, not the model's."""
    session = Counting()
    with collector_off():
        run_offline(Words(), loaded(session), inputs((3,), (9,)), 1)
    assert not session.collected
    assert gc.isenabled()


def test_a_runtime_without_batches_is_refused() -> None:
    """LiteRT's shapes are fixed to one row; the message says what to write instead."""
    with pytest.raises(DeviceError, match="takes one row at a time") as caught:
        run_offline(Words(), loaded(Single()), inputs((3,)), 8)
    assert "scenario: single-stream" in caught.value.remedy
