"""Tasks of training are found by name."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

from device_agent.contract.errors import DataError
from training import intermediate, learning, target
from training.errors import TrainingError


@pytest.mark.parametrize("package", [intermediate, target])
def test_a_file_is_a_task_of_that_name(package: ModuleType) -> None:
    """Name, file and the device's task belong together."""
    for name in learning.names(package):
        task = learning.get(package, name)
        assert task.name == name
        assert task.task.name == task.solved_as


def test_an_unknown_task_is_refused() -> None:
    """The message lists those that there are."""
    with pytest.raises(TrainingError, match="no intermediate task 'nli'") as caught:
        learning.get(intermediate, "nli")
    assert "mnli" in caught.value.remedy


def test_missing_training_data_is_named(tmp_path: Path) -> None:
    """The message has the file that was looked for."""
    with pytest.raises(DataError, match=r"mnli/train-hi\.tsv"):
        learning.get(intermediate, "mnli").read(tmp_path, "hi")


def test_english_squad_goes_by_its_published_name(tmp_path: Path) -> None:
    """The benchmark's download has train-v1.1.json and no file per language."""
    (tmp_path / "squad").mkdir()
    asked = {"id": "1", "question": "Who?", "answers": [{"text": "Anna", "answer_start": 0}]}
    article = {"paragraphs": [{"context": "Anna.", "qas": [asked]}]}
    (tmp_path / "squad/train-v1.1.json").write_text(json.dumps({"data": [article]}))
    assert len(learning.get(intermediate, "squad").read(tmp_path, "en")) == 1
    with pytest.raises(DataError, match=r"train-de\.json"):
        learning.get(intermediate, "squad").read(tmp_path, "de")


def test_xquad_is_learned_in_english_only(tmp_path: Path) -> None:
    """Zero-shot evaluation means just that."""
    with pytest.raises(TrainingError, match="English; found 'de'"):
        learning.get(target, "xquad").read(tmp_path, "de")
