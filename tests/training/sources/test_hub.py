"""Rows of the hub are loaded through `datasets`, here from folders in the form of the hub's."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from device_agent.contract.errors import DataError
from tests.host.data.fetch.conftest import AddDataset, classes
from training.errors import TrainingError
from training.sources.hub import Hub, load_rows
from training.sources.pairs import INFERENCE
from training.sources.source import Source

datasets = pytest.importorskip("datasets", reason="the extra [fetch] is not installed")
huggingface_hub = pytest.importorskip("huggingface_hub")

HUB = Hub("facebook/one", {"de": "de"})
FEATURES = [
    {"name": "premise", "dtype": "string"},
    {"name": "hypothesis", "dtype": "string"},
    {"name": "label", "dtype": classes("entailment", "neutral", "contradiction")},
]
ROWS = [
    {"premise": 'Er sagt "ja".', "hypothesis": "B", "label": 2},
    {"premise": "C", "hypothesis": "D", "label": -1},
]


def _source(hub: Hub) -> Source:
    return Source(task="nli", form=INFERENCE, readers={}, hub=(hub,))


def test_classes_have_their_names(mirror: Path, add_dataset: AddDataset) -> None:
    """Whatever their order on the hub; rows without a class are left out."""
    add_dataset("facebook/one", "de", {"train": ROWS}, FEATURES)
    (example,) = _source(HUB).fetch("de", mirror)
    assert example.target == "contradiction"


def test_texts_are_quoted_where_the_benchmarks_are(mirror: Path, add_dataset: AddDataset) -> None:
    """As `csv.writer` does, so that training sees what the evaluation will show."""
    add_dataset("facebook/one", "de", {"train": ROWS}, FEATURES)
    rows = load_rows(replace(HUB, quoted=True), "de", mirror)
    assert [row.values["premise"] for row in rows] == ['"Er sagt ""ja""."', "C"]


def test_languages_that_lie_together_are_told_by_their_ids(
    mirror: Path, add_dataset: AddDataset
) -> None:
    """As TyDiQA's."""
    add_dataset("google/two", "all", {"train": [{"id": "english-1"}, {"id": "korean-1"}]})
    hub = Hub("google/two", {"en": "all"}, id_prefix={"en": "english"})
    assert [row.values["id"] for row in load_rows(hub, "en", mirror)] == ["english-1"]


def test_a_language_that_the_hub_lacks_is_told_with_those_it_has(mirror: Path) -> None:
    """Nothing is loaded."""
    with pytest.raises(
        TrainingError, match="facebook/one has no training data in 'hi', only in de"
    ):
        _source(HUB).fetch("hi", mirror)


def test_a_missing_column_is_told_with_those_that_are_there(
    mirror: Path, add_dataset: AddDataset
) -> None:
    """A dataset that has changed its form."""
    add_dataset("facebook/one", "de", {"train": [{"text": "A", "label": "neutral"}]})
    with pytest.raises(
        DataError, match=r"facebook/one \(de, train\), row 0: found columns text, label"
    ):
        _source(HUB).fetch("de", mirror)


@pytest.mark.parametrize(
    ("hub", "words"),
    [
        (replace(HUB, split="trian"), "Bad split: trian"),
        (replace(HUB, configs={"de": "fr"}), "'fr' not found"),
        (replace(HUB, identifier="facebook/none"), "there is no folder facebook/none"),
    ],
)
def test_what_a_mirror_lacks_is_told(
    mirror: Path, add_dataset: AddDataset, hub: Hub, words: str
) -> None:
    """The split, the configuration or the dataset."""
    add_dataset("facebook/one", "de", {"train": ROWS}, FEATURES)
    with pytest.raises(DataError, match=words):
        list(load_rows(hub, "de", mirror))


def test_of_a_dataset_that_is_a_script_the_hubs_conversion_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The library runs no scripts any more; the conversion has a folder a configuration."""
    asked: list[dict[str, Any]] = []

    def load_dataset(path: str, **options: Any) -> Any:
        asked.append(options)
        if "revision" not in options:
            raise RuntimeError(f"Dataset scripts are no longer supported, but found {path}.py")
        return datasets.IterableDataset.from_generator(lambda: iter([{"a": 1}]))

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    monkeypatch.setattr(huggingface_hub.HfApi, "dataset_info", lambda *_, **__: None)
    (row,) = load_rows(Hub("allenai/one", {"en": None}), "en", None)
    assert row.values == {"a": 1}
    assert asked[1]["data_dir"] == "default"
    assert asked[1]["revision"] == "refs/convert/parquet"


def test_without_a_network_nothing_is_tried_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library alone would try for a minute."""

    def unreachable(*_: Any, **__: Any) -> None:
        raise ConnectionError("Name or service not known")

    monkeypatch.setattr(huggingface_hub.HfApi, "dataset_info", unreachable)
    with pytest.raises(DataError, match="facebook/one: the Hugging Face hub cannot be reached"):
        list(load_rows(HUB, "de", None))


def test_without_the_library_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(DataError, match="`datasets` is not installed") as caught:
        list(load_rows(HUB, "de", None))
    assert "pip install 'xtreme-edge[fetch]'" in caught.value.remedy
