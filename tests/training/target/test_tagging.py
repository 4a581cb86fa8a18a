"""UDPOS and PANX are learned from the download's training files."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError
from tests.host.data.fetch.conftest import AddDataset, classes
from tests.training.sources.files import write
from training import learning, target
from training.examples import Example


@pytest.mark.parametrize(
    ("name", "text"), [("udpos", "He\tPRON\nruns\tVERB\n"), ("panx", "en:Ulm\tB-LOC\n\nen:a\tO\n")]
)
def test_a_training_file_is_read_as_the_device_reads_its_own(
    tmp_path: Path, name: str, text: str
) -> None:
    """PANX's prefix included."""
    write(tmp_path / name / "train-en.tsv", text)
    read = tasks.get(name).read(tmp_path, "en", "train")
    expected = [Example(input=sample.input, target=sample.gold) for sample in read]
    assert learning.get(target, name).read(tmp_path, "en") == expected


def test_a_tag_that_the_task_does_not_have_is_refused(tmp_path: Path) -> None:
    """With the sentence."""
    write(tmp_path / "udpos/train-en.tsv", "He\tPRON\n\nruns\tVERB\nfast\t_\n")
    with pytest.raises(DataError, match="sentence 2: found tag '_', expected one of ADJ"):
        learning.get(target, "udpos").read(tmp_path, "en")


def test_the_hubs_tags_have_their_names(mirror: Path, add_dataset: AddDataset) -> None:
    """In the hub's own order."""
    pytest.importorskip("datasets", reason="the extra [fetch] is not installed")
    features = [
        {"name": "tokens", "list": "string"},
        {"name": "ner_tags", "sequence": classes("O", "B-PER")},
    ]
    rows = [{"tokens": ["Anna", "eats"], "ner_tags": [1, 0]}]
    add_dataset("google/xtreme", "PAN-X.en", {"train": rows}, features)
    panx = learning.get(target, "panx")
    assert panx.fetch is not None
    assert panx.fetch("en", mirror)[0].target == ("B-PER", "O")


@pytest.mark.parametrize(("name", "count"), [("udpos", 21249), ("panx", 19999)])
def test_the_real_files_are_read(train_sample: Path, name: str, count: int) -> None:
    """Every tag is one of the task's."""
    assert len(learning.get(target, name).read(train_sample, "en")) == count
