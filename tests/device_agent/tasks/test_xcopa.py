"""XCOPA: prompts, choices, and where its gold may come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.samples import ChoiceInput

ROW = {"premise": "Es regnet.", "choice1": "Nass.", "choice2": "Trocken.", "question": "effect"}


def write(root: Path, name: str, *rows: dict) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\r\n" for row in rows), encoding="utf-8")


def test_the_prompt_asks_for_cause_or_effect(tmp_path) -> None:
    """In English, whatever the language, as XTREME-R has it."""
    write(tmp_path, "xcopa/val-de.jsonl", ROW | {"label": 1})
    (sample,) = tasks.get("xcopa").read(tmp_path, "de", "val")
    assert sample.input == ChoiceInput(
        prompt="Es regnet. What was the effect?", choices=("Nass.", "Trocken.")
    )
    assert sample.gold == 1


def test_a_test_files_own_labels_are_never_gold(tmp_path) -> None:
    """They are 0 in every row, written over the true ones."""
    write(tmp_path, "xcopa/test-de.jsonl", ROW | {"label": 0})
    assert [s.gold for s in tasks.get("xcopa").read(tmp_path, "de")] == [None]


def test_a_test_splits_gold_comes_from_the_labels_folder(tmp_path) -> None:
    """Row by row, as an index."""
    write(tmp_path, "xcopa/test-de.jsonl", ROW | {"label": 0}, ROW | {"label": 0})
    write(tmp_path, "labels/xcopa/test-de.jsonl", {"label": 1}, {"label": 0})
    assert [s.gold for s in tasks.get("xcopa").read(tmp_path, "de")] == [1, 0]


def test_labels_of_another_length_are_refused(tmp_path) -> None:
    """A short file of labels cannot shift them."""
    write(tmp_path, "xcopa/test-de.jsonl", ROW, ROW)
    write(tmp_path, "labels/xcopa/test-de.jsonl", {"label": 1})
    with pytest.raises(DataError, match="found 1 labels, expected 2"):
        tasks.get("xcopa").read(tmp_path, "de")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROW | {"label": 2}, r"val-de.jsonl, line 1: found .*2"),
        (ROW | {"question": "why"}, r"val-de.jsonl, line 1: found .*why"),
        (ROW, r"val-de.jsonl, line 1: found no label, expected label 0 or 1"),
    ],
)
def test_a_bad_row_is_named(tmp_path, row, message) -> None:
    """File, line, found and expected are in the message."""
    write(tmp_path, "xcopa/val-de.jsonl", row)
    with pytest.raises(DataError, match=message):
        tasks.get("xcopa").read(tmp_path, "de", "val")
