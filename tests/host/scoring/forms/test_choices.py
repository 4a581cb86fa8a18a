"""JSON Lines with a label."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from host.scoring.forms.choices import compare_choices
from tests.host.scoring.conftest import Content, RunCompare

GOLD = '{"label": 0, "premise": "…"}\n{"label": 1}\n'


@pytest.mark.parametrize(
    "predictions",
    [
        '{"label": 0}\n{"label": 1}\n',
        b'\xef\xbb\xbf{"label": 0}\r\n{"idx": 7, "label": 1}\r\n\r\n',
        ' {"label":0} \n{"label":1}\n\n\n',
    ],
)
def test_labels_are_read_whatever_stands_beside_them(
    compare: RunCompare, predictions: Content
) -> None:
    """Other keys, line ends and blank tails are passed over."""
    found = compare(compare_choices, predictions, GOLD)
    assert found.gold == found.predictions == {"1": 0, "2": 1}


@pytest.mark.parametrize(
    "line", ["0", "[]", '{"label": "0"}', '{"label": true}', '{"Label": 0}', "{", "", "NaN"]
)
def test_what_is_no_label_names_its_line(compare: RunCompare, line: str) -> None:
    """Text, truth values and broken JSON are not taken for a choice."""
    with pytest.raises(DataError, match="line 1: found"):
        compare(compare_choices, f'{line}\n{{"label": 1}}\n', GOLD)


def test_another_number_of_lines_gives_both(compare: RunCompare) -> None:
    """One prediction is missing."""
    with pytest.raises(DataError, match="found 1 lines, expected 2"):
        compare(compare_choices, '{"label": 0}\n', GOLD)


def test_placeholder_labels_are_no_gold(compare: RunCompare) -> None:
    """The published test files have label 0 in every row."""
    zeros = '{"label": 0}\n' * 20
    with pytest.raises(DataError, match="all 20 labels are 0"):
        compare(compare_choices, zeros, zeros)


def test_a_label_that_no_choice_has(compare: RunCompare) -> None:
    """In gold it is an error; in predictions it is wrong, and noted."""
    odd, plain = '{"label": 7}\n{"label": 1}\n', '{"label": 0}\n{"label": 1}\n'
    found = compare(compare_choices, odd, plain)
    assert found.notes == ("1 of 2 labels are neither 0 nor 1 and count as wrong",)
    with pytest.raises(DataError, match="expected label 0 or 1"):
        compare(compare_choices, plain, odd)
