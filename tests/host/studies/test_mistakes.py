"""Tests of how mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from host.studies.mistakes import Mistake, Position, nearest, shown, study_error


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        ("int8_dynamic", "int8-dynamic"),
        ("INT8", "int8-dynamic"),
        ("dynamic", "int8-dynamic"),
        ("fp23", "fp32"),
        ("bucc", "bucc2018"),
        ("tydiqa-goldp", "tydiqa"),
        ("paws-x", "pawsx"),
        ("f", None),
        ("", None),
        ("quite another", None),
    ],
)
def test_the_nearest_name_is_the_one_most_likely_meant(found: str, meant: str | None) -> None:
    """Spelling, dashes, case and a name cut short are seen through; nothing is made up."""
    known = ["int8-dynamic", "fp32", "bucc2018", "tydiqa", "pawsx"]
    assert nearest(found, known) == meant


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing (empty or null)"),
        ("x", "'x'"),
        ({"a": "1"}, "a mapping of 1 key"),
        ([], "a list of 0 items"),
        ("a\x1b[31m\n", "'a\\x1b[31m\\n'"),
        ("日本", "'日本'"),
    ],
)
def test_what_was_found_is_shown_in_short_and_without_control_characters(
    value: object, text: str
) -> None:
    """A value cannot break the line, colour the terminal or fill it."""
    assert shown(value) == text
    assert len(shown("x" * 1000)) < 70


def test_mistakes_are_told_once_in_the_order_of_the_file() -> None:
    """Two checks that see the same mistake tell it once."""
    second, first = Mistake(Position(2, 1), "b"), Mistake(Position(1, 9), "a")
    error = study_error(Path("s.yaml"), [second, first, second])
    assert error.mistakes == (first, second)
    assert error.message == (
        "s.yaml: 2 mistakes in the study file\n  s.yaml:1:9: a\n  s.yaml:2:1: b"
    )
