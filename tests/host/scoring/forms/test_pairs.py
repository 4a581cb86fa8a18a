"""Pairs of ids."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from host.scoring.forms.pairs import compare_pairs
from tests.host.scoring.conftest import RunCompare

GOLD = "de-1\ten-2\nde-3\ten-4\n"


def test_pairs_are_a_set(compare: RunCompare) -> None:
    """Order, repetition, line ends and blank lines do not matter."""
    found = compare(compare_pairs, "de-3\ten-4\r\n\r\nde-1\ten-2\nde-3\ten-4\n\n", GOLD)
    assert set(found.predictions.values()) == {("de-1", "en-2"), ("de-3", "en-4")}
    assert dict(found.predictions) == dict(found.gold)
    assert found.notes == ()


def test_an_empty_file_mined_nothing_and_says_so(compare: RunCompare) -> None:
    """It may be what the threshold left, or an accident."""
    found = compare(compare_pairs, "\n", GOLD)
    assert found.predictions == {}
    assert "empty" in found.notes[0]


@pytest.mark.parametrize("line", ["de-1", "de-1 en-2", "1.07\tde-1\ten-2", "de-1\t\ten-2"])
def test_what_is_no_pair_names_its_line(compare: RunCompare, line: str) -> None:
    """One column, or three as the mining writes them with the score."""
    with pytest.raises(DataError, match="line 2: found . columns?.*expected two ids"):
        compare(compare_pairs, f"de-1\ten-2\n{line}\n", GOLD)
