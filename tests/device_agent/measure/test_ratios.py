"""A round's mean log ratio: what is held back, and what keeps its weight."""

from __future__ import annotations

import numpy as np
import pytest

from device_agent.contract.events import Block, Conditions, RoundDone
from device_agent.measure.ratios import PairedRound, pair, round_means

CALM = Conditions(
    foreign_cpu_share=None,
    frequency_ratio=None,
    temperature_celsius=None,
    throttled=None,
    memory_pressure=None,
    swapped_pages=None,
)


def block(variant: str, infer_ns: tuple[int, ...]) -> Block:
    """Return a block of queries of one task in two languages, 10 + 5 ns beside inference."""
    n = len(infer_ns)
    return Block(
        variant=variant,
        position=0,
        tasks=("xnli",) * n,
        languages=tuple("en" if row % 2 else "de" for row in range(n)),
        sample_ids=tuple(str(row) for row in range(n)),
        tokens=(8,) * n,
        tokenise_ns=(10,) * n,
        infer_ns=infer_ns,
        decode_ns=(5,) * n,
    )


def noisy(rounds: int, queries: int, seed: int, tasks: tuple[str, ...]) -> list[PairedRound]:
    """Return rounds of 1 % noise a query, the tasks taking turns."""
    random = np.random.default_rng(seed)
    cells = tuple((tasks[row % len(tasks)], "en") for row in range(queries))
    return [PairedRound(cells, random.normal(scale=0.01, size=queries)) for _ in range(rounds)]


def test_all_parts_of_a_query_s_time_count() -> None:
    """Tokenising, inference and decoding together make the ratio."""
    done = RoundDone(
        round=0,
        invalid=(),
        conditions=CALM,
        blocks=(block("a", (85, 185)), block("b", (185, 385))),
    )
    paired = pair(done, "b", "a")
    assert paired.log_ratios == pytest.approx(np.log([200 / 100, 400 / 200]))
    assert paired.cells == (("xnli", "de"), ("xnli", "en"))


def test_without_outliers_it_is_the_plain_mean() -> None:
    """Noise within three deviations is not touched at all."""
    values = np.linspace(-0.02, 0.02, 40)
    rounds = [PairedRound((("xnli", "en"),) * 40, values + shift) for shift in (0.0, 0.001)]
    assert round_means(rounds) == pytest.approx([0.0, 0.001])


def test_a_stall_moves_a_round_by_no_more_than_three_deviations_of_a_query() -> None:
    """One query of 48 that took twenty times as long does not make the round 6 % slower."""
    rounds = noisy(10, 48, 1, ("xnli",))
    before = round_means(rounds)
    rounds[3].log_ratios[7] = np.log(20)
    after = round_means(rounds)
    assert 0 < after[3] - before[3] < 0.06 / 48 * 2
    assert np.delete(after, 3) == pytest.approx(np.delete(before, 3), abs=1e-4)


def test_a_task_that_is_slower_keeps_its_full_weight() -> None:
    """One task of twelve, 50 % slower, is no outlier, however rare its queries are."""
    tasks = tuple(f"task{number}" for number in range(12))
    rounds = noisy(10, 48, 2, tasks)
    for one in rounds:
        one.log_ratios[[cell == ("task5", "en") for cell in one.cells]] += np.log(1.5)
    assert round_means(rounds).mean() == pytest.approx(np.log(1.5) / 12, rel=0.05)


def test_a_language_that_is_slower_keeps_its_full_weight() -> None:
    """The same for one language within a task, as soon as it has eight queries."""
    random = np.random.default_rng(3)
    cells = tuple(("xnli", f"l{row % 10}") for row in range(50))
    rounds = [PairedRound(cells, random.normal(scale=0.01, size=50)) for _ in range(4)]
    for one in rounds:
        one.log_ratios[[language == "l4" for _, language in one.cells]] += 0.4
    assert round_means(rounds).mean() == pytest.approx(0.04, rel=0.1)


def test_equal_times_are_no_reason_to_hold_anything_back() -> None:
    """Where most ratios are the same to the last digit, there is no deviation to judge by."""
    rounds = [PairedRound((("xnli", "en"),) * 4, np.array([0.0, 0.0, 0.0, 0.2]))]
    assert round_means(rounds) == pytest.approx([0.05])


def test_a_variant_that_did_not_run_is_named() -> None:
    """A round without the candidate cannot be paired."""
    done = RoundDone(round=0, invalid=(), conditions=CALM, blocks=(block("a", (1, 2)),))
    with pytest.raises(KeyError, match="b"):
        pair(done, "b", "a")
