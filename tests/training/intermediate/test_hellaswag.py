"""HellaSwag is read as published."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from device_agent.contract.samples import ChoiceInput
from tests.training.sources.files import write_json_lines
from training import intermediate, learning
from training.examples import Example

HELLASWAG = learning.get(intermediate, "hellaswag")
ROW = {
    "ind": 24,
    "ctx_a": "A man is sitting on a roof.",
    "ctx_b": "he",
    "ctx": "A man is sitting on a roof. he",
    "label": 3,
    "endings": ["sings.", "eats.", "sleeps.", "pulls up roofing."],
}


def test_the_unfinished_sentence_stands_before_each_ending(tmp_path: Path) -> None:
    """And the finished one is the prompt."""
    write_json_lines(tmp_path / "hellaswag/hellaswag_train.jsonl", [ROW])
    assert HELLASWAG.read(tmp_path, "en") == [
        Example(
            input=ChoiceInput(
                prompt="A man is sitting on a roof.",
                choices=("he sings.", "he eats.", "he sleeps.", "he pulls up roofing."),
            ),
            target=3,
        )
    ]


def test_an_ending_that_begins_a_sentence_stands_alone(tmp_path: Path) -> None:
    """WikiHow's contexts have no second part; a label may be text, as on the hub."""
    write_json_lines(tmp_path / "hellaswag/train-de.jsonl", [{**ROW, "ctx_b": "", "label": "0"}])
    (example,) = HELLASWAG.read(tmp_path, "de")
    assert isinstance(example.input, ChoiceInput)
    assert example.input.choices[0] == "sings."
    assert example.target == 0


def test_another_number_of_endings_is_refused(tmp_path: Path) -> None:
    """With the line."""
    write_json_lines(tmp_path / "hellaswag/train-de.jsonl", [ROW, {**ROW, "endings": ["a"]}])
    with pytest.raises(DataError, match="line 2: found 1 choices, expected 4"):
        HELLASWAG.read(tmp_path, "de")


def test_a_test_file_is_refused(tmp_path: Path) -> None:
    """It has no label, and the columns that it has are told."""
    row = {key: value for key, value in ROW.items() if key != "label"}
    write_json_lines(tmp_path / "hellaswag/hellaswag_train.jsonl", [row])
    with pytest.raises(DataError, match="found columns ind, ctx_a, .* expected a column label"):
        HELLASWAG.read(tmp_path, "en")


def test_the_real_rows_are_read(train_sample: Path) -> None:
    """Two of the training file, two of the validation file."""
    assert len(HELLASWAG.read(train_sample, "en")) == 2
    assert len(HELLASWAG.read(train_sample, "en", "hellaswag/hellaswag_val.jsonl")) == 2
