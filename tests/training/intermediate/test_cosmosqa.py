"""Cosmos QA is read as published."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from device_agent.contract.samples import ChoiceInput
from tests.training.sources.files import write, write_json_lines
from training import intermediate, learning
from training.examples import Example

COSMOSQA = learning.get(intermediate, "cosmosqa")
HEADER = "id,context,question,answer0,answer1,answer2,answer3,label"
EXAMPLE = Example(
    input=ChoiceInput(prompt="He said, no. Why?", choices=("a", "b", "c", "d")), target=1
)


def test_the_published_file_is_read(tmp_path: Path) -> None:
    """Context and question stand before each answer."""
    text = f'{HEADER}\n1,"He said, no.",Why?,a,b,c,d,1\n'
    write(tmp_path / "cosmosqa/train.csv", text)
    assert COSMOSQA.read(tmp_path, "en") == [EXAMPLE]


def test_a_translation_has_the_same_columns(tmp_path: Path) -> None:
    """In JSON Lines the label is a number."""
    values = ["1", "He said, no.", "Why?", "a", "b", "c", "d", 1]
    row = dict(zip(HEADER.split(","), values, strict=True))
    write_json_lines(tmp_path / "cosmosqa/train-de.jsonl", [row])
    assert COSMOSQA.read(tmp_path, "de") == [EXAMPLE]


@pytest.mark.parametrize("label", ["4", "-1", ""])
def test_a_label_that_is_no_answers_is_refused(tmp_path: Path, label: str) -> None:
    """The hub's test split has -1."""
    write(tmp_path / "cosmosqa/train.csv", f"{HEADER}\n1,A,Why?,a,b,c,d,{label}\n")
    with pytest.raises(DataError, match=f"found label '{label}', expected one of 0, 1, 2, 3"):
        COSMOSQA.read(tmp_path, "en")


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    """With those that are there."""
    write(tmp_path / "cosmosqa/train.csv", "context,question,label\nA,Why?,0\n")
    with pytest.raises(DataError, match="found columns context, question, label, .* answer0"):
        COSMOSQA.read(tmp_path, "en")


def test_the_real_validation_set_is_read(train_sample: Path) -> None:
    """2,985 questions, of which all four answers are right about equally often."""
    examples = COSMOSQA.read(train_sample, "en", "cosmosqa/valid.csv")
    assert len(examples) == 2985
    assert {one.target for one in examples} == {0, 1, 2, 3}
