"""Row numbers, in brackets or not."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from host.scoring.forms.rows import compare_rows
from tests.host.scoring.conftest import RunCompare


def test_rows_are_compared_line_by_line(compare: RunCompare) -> None:
    """Each English row has one foreign row."""
    found = compare(compare_rows, "114\n7\n", "114\n8\n")
    assert found.gold == {"1": ("114",), "2": ("8",)}
    assert found.predictions == {"1": ("114",), "2": ("7",)}
    assert found.notes == ()


def test_brackets_of_the_official_writer_are_taken_off(compare: RunCompare) -> None:
    """`[114]` and `[  7]` are what it prints; it is said."""
    found = compare(compare_rows, "[114]\n[  7]\n", "114\n8\n")
    assert found.predictions == {"1": ("114",), "2": ("7",)}
    assert found.notes == ("rows in brackets, such as [114], are read as 114",)


@pytest.mark.parametrize("text", ["[[114]]", "114.0", "-1", "en-114", "[]", "", "١١٤"])
def test_anything_else_is_wrong(compare: RunCompare, text: str) -> None:
    """It stays as it is, and equals no row."""
    found = compare(compare_rows, f"{text}\n8\n", "114\n8\n")
    assert found.predictions == {"1": (text,), "2": ("8",)}


def test_labels_must_be_rows(compare: RunCompare) -> None:
    """Sentences in place of the labels are refused."""
    with pytest.raises(DataError, match="line 1: found 'Hello', expected a row number"):
        compare(compare_rows, "1\n", "Hello\n")


def test_another_number_of_lines_gives_both(compare: RunCompare) -> None:
    """One row is missing."""
    with pytest.raises(DataError, match="found 1 lines, expected 2"):
        compare(compare_rows, "1\n", "1\n2\n")


def test_values_that_are_no_rows_are_noted(compare: RunCompare) -> None:
    """They count as wrong, and are said to."""
    found = compare(compare_rows, "de-0\n00\n8\n", "0\n0\n8\n")
    assert found.notes == ("2 of 3 values are no row numbers and count as wrong",)
