"""XNLI and PAWS-X are learned from the download's training files."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.samples import PairInput
from tests.host.data.fetch.conftest import AddDataset
from tests.training.sources.files import write, write_json_lines
from training import learning, target
from training.examples import Example

XNLI, PAWSX = learning.get(target, "xnli"), learning.get(target, "pawsx")


def test_a_training_file_is_read_as_the_device_reads_its_own(tmp_path: Path) -> None:
    """Line ends and doubled quotes alike."""
    text = '"He said ""no""."\tB\tneutral\r\nC\tD\tentailment\r\n'
    write(tmp_path / "xnli/train-en.tsv", text)
    read = tasks.get("xnli").read(tmp_path, "en", "train")
    assert XNLI.read(tmp_path, "en") == [Example(input=s.input, target=s.gold) for s in read]


def test_mnlis_own_file_does_for_english(tmp_path: Path) -> None:
    """Where the download is not there."""
    rows = [{"sentence1": "A", "sentence2": "B", "gold_label": "neutral"}]
    write_json_lines(tmp_path / "mnli/multinli_1.0_train.jsonl", rows)
    assert XNLI.read(tmp_path, "en") == [
        Example(input=PairInput(first="A", second="B"), target="neutral")
    ]


def test_pawsx_is_read_from_the_download(tmp_path: Path) -> None:
    """Its classes are digits."""
    write(tmp_path / "pawsx/train-en.tsv", "A\tB\t1\r\n")
    assert PAWSX.read(tmp_path, "en") == [
        Example(input=PairInput(first="A", second="B"), target="1")
    ]


def test_the_hubs_pairs_are_quoted_as_the_download_is(
    mirror: Path, add_dataset: AddDataset
) -> None:
    """What is learned looks like what is asked."""
    pytest.importorskip("datasets", reason="the extra [fetch] is not installed")
    rows = [{"id": 1, "sentence1": '"A"', "sentence2": "B", "label": 0}]
    add_dataset("google-research-datasets/paws-x", "en", {"train": rows})
    assert PAWSX.fetch is not None
    assert PAWSX.fetch("en", mirror) == [
        Example(input=PairInput(first='"""A"""', second="B"), target="0")
    ]


def test_the_real_development_sets_are_read(train_sample: Path) -> None:
    """In place of the training files, which the sample lacks."""
    assert len(XNLI.read(train_sample, "en", "xnli/dev-{language}.tsv")) == 2490
    assert len(PAWSX.read(train_sample, "en", "pawsx/dev-{language}.tsv")) == 1800
