"""The validity study on a few sessions: enough to tell the naive protocol from ours."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import validity
from benchmarks.noisy_board import BOARDS, Board, spend
from device_agent.measure.ratios import PairedRound


def test_the_study_prints_what_it_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every figure is there for our way and for the naive one, and they differ."""
    drifting = tuple(board for board in BOARDS if board.name == "drifting")
    monkeypatch.setattr(validity, "BOARDS", drifting)
    result = CliRunner().invoke(validity.main, ["--sessions", "10", "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert set(validity.TARGETS) <= set(found)
    assert set(validity.TARGETS) <= set(found["naive"])
    assert found["false_difference_rate"] == 0
    assert found["naive"]["false_difference_rate"] > 0.5


def test_the_same_seed_gives_the_same_figures() -> None:
    """A table in a document can be made again to the last digit."""
    first, again = (validity.means(rounds(7)) for _ in range(2))
    assert np.array_equal(first, again)


def rounds(seed: int) -> list[tuple[PairedRound, PairedRound]]:
    """Return five rounds of a noisy board."""
    endless = validity.paired_rounds(BOARDS[-1], 0.0, np.random.default_rng(seed))
    return [next(endless) for _ in range(5)]


def test_a_board_throttles_as_often_as_it_says() -> None:
    """A share of 15 % is 15 % of a long session, in spells of about 200 queries."""
    board = Board("throttling", throttle_share=0.15)
    throttled = spend(board, 400_000, np.random.default_rng(1)).throttled
    assert throttled.mean() == pytest.approx(0.15, abs=0.03)
    spells = np.count_nonzero(np.diff(throttled.astype(int)) == 1)
    assert throttled.sum() / spells == pytest.approx(200, rel=0.2)
