"""Where splits and gold lie, and which there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.tasks.families.splits import labels_file

ROOT = Path("/data")


def test_only_the_test_split_has_gold_beside_it() -> None:
    """A dev or train file holds its own."""
    expected = ROOT / "labels" / "xnli" / "test-de.tsv"
    assert labels_file(ROOT, "xnli", "de", "test") == expected
    assert labels_file(ROOT, "xnli", "de", "dev") is None


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("xnli", "train, dev, test"),
        ("panx", "train, dev, test"),
        ("xcopa", "train, val, dev, test"),
        ("xquad", "train, dev, test"),
        ("tydiqa", "train, test"),
        ("tatoeba", "test"),
    ],
)
def test_a_split_that_is_not_there_is_refused(name, known) -> None:
    """The remedy lists those that there are."""
    with pytest.raises(DataError, match=f"Task {name} has no split 'validation'") as caught:
        tasks.get(name).read(ROOT, "de", "validation")
    assert caught.value.remedy == f"Use one of: {known}."


@pytest.mark.parametrize("name", ["xnli", "panx", "xcopa", "xquad", "tydiqa", "mlqa", "tatoeba"])
def test_a_language_without_file_is_named(name) -> None:
    """A missing file is an error, never an empty list."""
    with pytest.raises(DataError, match=r"de.*: there is no such file"):
        tasks.get(name).read(ROOT, "de")
