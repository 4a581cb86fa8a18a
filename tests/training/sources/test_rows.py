"""A record says where it stands and what it lacks."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from training.sources.rows import Row

ROW = Row("f.jsonl, line 3", {"premise": "It rains.", "label": 1, "endings": ["a", "b"]})


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    """All names that publishers give it are told."""
    with pytest.raises(DataError) as caught:
        ROW.text("hypothesis", "sentence2")
    assert caught.value.message == (
        "f.jsonl, line 3: found columns premise, label, endings, "
        "expected a column hypothesis or sentence2."
    )


def test_the_first_name_that_is_there_counts() -> None:
    """Publishers call the same thing by different names."""
    assert ROW.text("sentence1", "premise") == "It rains."


def test_a_number_in_place_of_text_is_refused() -> None:
    """It is shown."""
    with pytest.raises(DataError, match="found label '1', expected text"):
        ROW.text("label")


def test_a_text_in_place_of_a_list_is_refused() -> None:
    """It would be taken apart into letters."""
    with pytest.raises(DataError, match="expected a list of texts"):
        ROW.texts("premise")
    assert ROW.texts("endings") == ("a", "b")


def test_a_label_that_is_not_known_is_refused_with_those_that_are() -> None:
    """Found against expected."""
    assert ROW.one_of(("0", "1"), "label") == 1
    with pytest.raises(DataError, match="line 3: found label '1', expected one of yes, no"):
        ROW.one_of(("yes", "no"), "label")
