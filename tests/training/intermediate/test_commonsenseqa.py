"""CommonsenseQA is read as published, and as the hub has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from device_agent.contract.errors import DataError
from device_agent.contract.samples import ChoiceInput
from tests.host.data.fetch.conftest import AddDataset
from tests.training.sources.files import write_json_lines
from training import intermediate, learning
from training.examples import Example

COMMONSENSEQA = learning.get(intermediate, "commonsenseqa")
TEXTS = ["bank", "library", "shop", "mall", "street"]
EXAMPLE = Example(input=ChoiceInput(prompt="Where?", choices=tuple(TEXTS)), target=2)


def _row(count: int = 5, answer: str = "C") -> dict[str, Any]:
    letters = zip("ABCDEF", [*TEXTS, "house"], strict=True)
    choices = [{"label": letter, "text": text} for letter, text in letters][:count]
    return {"answerKey": answer, "id": "1", "question": {"stem": "Where?", "choices": choices}}


def test_the_published_file_is_read(tmp_path: Path) -> None:
    """The answer's letter becomes its index."""
    write_json_lines(tmp_path / "commonsenseqa/train_rand_split.jsonl", [_row()])
    assert COMMONSENSEQA.read(tmp_path, "en") == [EXAMPLE]


def test_the_hubs_rows_are_read(mirror: Path, add_dataset: AddDataset) -> None:
    """They have choices as a list a field."""
    pytest.importorskip("datasets", reason="the extra [fetch] is not installed")
    choices = {"label": list("ABCDE"), "text": TEXTS}
    rows = [{"id": "1", "question": "Where?", "choices": choices, "answerKey": "C"}]
    add_dataset("tau/commonsense_qa", "default", {"train": rows})
    assert COMMONSENSEQA.fetch is not None
    assert COMMONSENSEQA.fetch("en", mirror) == [EXAMPLE]


@pytest.mark.parametrize("count", [4, 6])
def test_another_number_of_choices_is_refused(tmp_path: Path, count: int) -> None:
    """With the line."""
    write_json_lines(tmp_path / "commonsenseqa/train-de.jsonl", [_row(count)])
    with pytest.raises(DataError, match=f"line 1: found {count} choices, expected 5"):
        COMMONSENSEQA.read(tmp_path, "de")


def test_an_answer_that_is_no_choice_is_refused(tmp_path: Path) -> None:
    """The test file has none at all."""
    write_json_lines(tmp_path / "commonsenseqa/train-de.jsonl", [_row(answer="F")])
    with pytest.raises(DataError, match="found answerKey 'F', expected one of A, B, C, D, E"):
        COMMONSENSEQA.read(tmp_path, "de")
