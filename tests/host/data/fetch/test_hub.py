"""Tests of loading rows through `datasets`, from folders in the form of the hub's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from host.data.fetch.hub import load_rows, require_library
from tests.host.data.fetch.conftest import AddDataset, classes

pytest.importorskip("datasets", reason="the extra [fetch] is not installed")

ROWS = {"test": [{"tokens": ["a", "b"], "tags": [1, 0], "label": 1, "other": "x"}]}
FEATURES = [
    {"name": "tokens", "list": "string"},
    {"name": "tags", "sequence": classes("O", "B-PER")},
    {"name": "label", "dtype": classes("no", "yes")},
    {"name": "other", "dtype": "string"},
]


def test_rows_have_the_columns_that_were_asked_for_and_names_for_numbers(
    mirror: Path, add_dataset: AddDataset
) -> None:
    """Classes by the names that the card gives them, in lists too."""
    add_dataset("google/one", "de", ROWS, FEATURES)
    rows = load_rows("google/one", "de", "test", ("tokens", "tags", "label"), mirror)
    assert list(rows) == [{"tokens": ["a", "b"], "tags": ["B-PER", "O"], "label": "yes"}]


def test_a_card_without_types_has_rows_all_the_same(mirror: Path, add_dataset: AddDataset) -> None:
    """Numbers stay numbers then, which the writers refuse where they want a name."""
    add_dataset("google/one", "de", ROWS)
    (row,) = load_rows("google/one", "de", "test", ("tags",), mirror)
    assert row == {"tags": [1, 0]}


def test_missing_columns_are_told_with_those_that_are_there(
    mirror: Path, add_dataset: AddDataset
) -> None:
    """A dataset that has changed its form is not written half."""
    add_dataset("google/one", "de", ROWS, FEATURES)
    with pytest.raises(DataError) as caught:
        list(load_rows("google/one", "de", "test", ("tokens", "ner_tags"), mirror))
    assert "google/one (de, test): found columns tokens, tags, label, other" in str(caught.value)
    assert "expected tokens, ner_tags among them" in str(caught.value)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (("google/one", "fr", "test"), "'fr' not found. Available: ['de']"),
        (("google/one", "de", "train"), "Bad split: train. Available splits: ['test']"),
        (("google/two", "de", "test"), "there is no folder google/two in it"),
    ],
)
def test_what_a_mirror_lacks_is_told(
    mirror: Path, add_dataset: AddDataset, wanted: tuple[str, str, str], words: str
) -> None:
    """The configuration, the split or the dataset, with what there is."""
    add_dataset("google/one", "de", ROWS, FEATURES)
    with pytest.raises(DataError) as caught:
        list(load_rows(*wanted, ("tokens",), mirror))
    assert words in caught.value.message


def test_a_file_that_is_broken_is_told(mirror: Path, add_dataset: AddDataset) -> None:
    """A clone of which a file came through only in part."""
    add_dataset("google/one", "de", ROWS, FEATURES)
    (mirror / "google" / "one" / "de" / "test.jsonl").write_text('{"tokens": ["a"')
    with pytest.raises(DataError, match=r"google/one \(de, test\): "):
        list(load_rows("google/one", "de", "test", ("tokens",), mirror))


def test_without_the_library_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra, which nothing else needs."""
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(DataError, match="`datasets` is not installed") as caught:
        require_library()
    assert "pip install 'xtreme-edge[fetch]'" in caught.value.remedy
