"""A label a line, however the file was written."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from host.scoring.forms.labels import compare_labels
from tests.host.scoring.conftest import Content, RunCompare

CLASSES = ("contradiction", "entailment", "neutral")
GOLD = "neutral\nentailment\n"
WANTED = {"1": "neutral", "2": "entailment"}


@pytest.mark.parametrize(
    "predictions",
    [
        GOLD,
        "neutral\nentailment",
        "neutral\r\nentailment\r\n",
        b"\xef\xbb\xbfneutral\nentailment\n",
        "neutral\nentailment\n\n\r\n  \n",
        " neutral \nentailment\t\n",
    ],
    ids=["as it should be", "no end", "CRLF", "BOM", "blank tail", "spaces"],
)
def test_line_ends_marks_and_blank_tails_do_no_harm(
    compare: RunCompare, predictions: Content
) -> None:
    """All of these say the same, in the labels too."""
    assert compare(compare_labels, predictions, GOLD, CLASSES).predictions == WANTED
    assert compare(compare_labels, GOLD, predictions, CLASSES).gold == WANTED


def test_a_blank_line_among_the_others_is_a_wrong_prediction(compare: RunCompare) -> None:
    """It keeps its place, at the end of the file too."""
    found = compare(compare_labels, "\nentailment\n", GOLD, CLASSES)
    assert found.predictions == {"1": "", "2": "entailment"}
    assert compare(compare_labels, "neutral\n\n", GOLD, CLASSES).predictions["2"] == ""


def test_what_is_no_label_is_noted(compare: RunCompare) -> None:
    """Numbers instead of labels count as wrong, as in the official script, and it is said."""
    (note,) = compare(compare_labels, "0\nentailment\n", GOLD, CLASSES).notes
    assert "1 of 2 values are none of contradiction, entailment, neutral" in note
    assert compare(compare_labels, GOLD, GOLD, CLASSES).notes == ()


@pytest.mark.parametrize(("lines", "count"), [("neutral\n", 1), ("neutral\n" * 3, 3), ("", 0)])
def test_another_number_of_lines_gives_both(compare: RunCompare, lines: str, count: int) -> None:
    """Too few, too many, none."""
    with pytest.raises(DataError, match=f"found {count} lines, expected 2"):
        compare(compare_labels, lines, GOLD, CLASSES)


def test_columns_are_refused(compare: RunCompare) -> None:
    """The inputs in place of the labels are no labels."""
    with pytest.raises(DataError, match=r"labels, line 1: found 2 columns .*expected one value"):
        compare(compare_labels, GOLD, "A man\tA person\n", CLASSES)


def test_a_blank_label_is_refused(compare: RunCompare) -> None:
    """Gold has no blanks but at its end."""
    with pytest.raises(DataError, match="line 1: found a blank line"):
        compare(compare_labels, GOLD, "\nneutral\n", CLASSES)


def test_gold_that_is_no_class_is_refused(compare: RunCompare) -> None:
    """Numbers of a hub's class labels would make every prediction wrong."""
    with pytest.raises(DataError, match="line 2: found '1', expected one of contradiction"):
        compare(compare_labels, GOLD, "neutral\n1\n", CLASSES)
