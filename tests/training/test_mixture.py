"""Batches of one task each, in proportion to what each task has."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from training.mixture import MixedOrder, updates_an_epoch

counts = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(1, 60), min_size=1)


@given(counts, st.integers(1, 9), st.none() | st.integers(1, 40), st.integers(0, 5))
def test_an_update_has_one_task(
    counts: dict[str, int], per_update: int, cap: int | None, seed: int
) -> None:
    """However many items a task has, and every task has its turns."""
    tasks = [task for task, count in counts.items() for _ in range(count)]
    order = MixedOrder(tasks, per_update, cap=cap)
    torch.manual_seed(seed)
    drawn = list(order)
    assert len(drawn) == len(order)
    for first in range(0, len(drawn), per_update):
        assert len({tasks[number] for number in drawn[first : first + per_update]}) == 1
    assert {tasks[number] for number in drawn} == set(tasks)


@given(counts, st.integers(1, 9))
def test_without_a_cap_an_epoch_has_every_item(counts: dict[str, int], per_update: int) -> None:
    """What fills a task's last update is drawn again; nothing is left out."""
    tasks = [task for task, count in counts.items() for _ in range(count)]
    assert set(MixedOrder(tasks, per_update)) == set(range(len(tasks)))


def test_a_cap_holds_a_large_task_back() -> None:
    """Examples-proportional mixing: min(n, K) of each."""
    assert updates_an_epoch({"big": 1000, "small": 80}, 8, cap=160) == {"big": 20, "small": 10}


def test_what_goes_beside_has_its_share() -> None:
    """A fifth of all updates, however much text there is."""
    found = updates_an_epoch({"mnli": 640, "mlm": 9}, 8, beside="mlm", share=0.2)
    assert found == {"mnli": 80, "mlm": 20}


def test_equal_chance_draws_equal_orders() -> None:
    """The seed decides, and the next epoch differs."""
    order = MixedOrder(["a"] * 20 + ["b"] * 9, 4)
    torch.manual_seed(3)
    first, second = list(order), list(order)
    torch.manual_seed(3)
    assert list(order) == first != second
