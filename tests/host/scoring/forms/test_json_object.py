"""One JSON object a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from host.scoring.forms.json_object import compare_ids, read_object


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "cannot be read as JSON"),
        (b'{"a": "b"', "cannot be read as JSON"),
        (b'{"a": "b"}\n{"c": "d"}', "cannot be read as JSON"),
        (b"\xff\xfe{\x00}\x00", "cannot be read as JSON"),
        (b"[" * 100_000, "cannot be read as JSON"),
        (b"9" * 10_000, "cannot be read as JSON"),
        (b"[]", "found a list"),
        (b"null", "found null"),
        (b"NaN", "found a number"),
        (b"true", "found true or false"),
        (b'"a"', "found a text"),
    ],
)
def test_what_is_no_object_is_told(tmp_path: Path, content: bytes, found: str) -> None:
    """Broken, cut, twofold, UTF-16, absurdly deep, or something else."""
    path = tmp_path / "test-de.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"test-de.json: {found}") as caught:
        read_object(path)
    assert "one JSON object" in caught.value.remedy


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """Editors put it there."""
    path = tmp_path / "test-de.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": "\\ud83d"}')
    assert read_object(path) == {"a": "\ud83d"}


def test_ids_of_one_side_only_are_noted() -> None:
    """How many are missing, and how many are for nothing."""
    assert compare_ids({"a": 1, "b": 2}, {"b": 2, "c": 3, "d": 4}, "questions") == (
        "questions without a prediction, counted 0: 1 of 2",
        "predictions for questions without gold, passed over: 2",
    )
    assert compare_ids({"a": 1}, {"a": 1}, "questions") == ()
