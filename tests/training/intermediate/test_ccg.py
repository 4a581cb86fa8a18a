"""Supertags are read from local files alone, and are the task's classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.samples import TokensInput
from tests.training.sources.files import write, write_json_lines
from training import intermediate, learning
from training.examples import Example

CCG = learning.get(intermediate, "ccg")
EXAMPLE = Example(input=TokensInput(tokens=("He", "runs")), target=("NP", "S\\NP"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("train-en.tsv", "He\tNP\nruns\tS\\NP\n"),
        ("train-en.stagged", "He|PRP|NP runs|VBZ|S\\NP\n"),
    ],
)
def test_the_usual_forms_are_read(tmp_path: Path, name: str, text: str) -> None:
    """CoNLL-like, and as the C&C tools write it."""
    write(tmp_path / "ccg" / name, text)
    assert CCG.read(tmp_path, "en") == [EXAMPLE]


def test_json_lines_are_read(tmp_path: Path) -> None:
    """Tokens and tags."""
    rows = [{"tokens": ["He", "runs"], "tags": ["NP", "S\\NP"]}]
    write_json_lines(tmp_path / "ccg/train-de.jsonl", rows)
    assert CCG.read(tmp_path, "de") == [EXAMPLE]


def test_the_classes_are_the_categories_that_occur() -> None:
    """Sorted, so that equal data makes equal heads; not the device's parts of speech."""
    other = Example(input=TokensInput(tokens=("a",)), target=("NP/N",))
    assert CCG.classes([EXAMPLE, other, EXAMPLE]) == ("NP", "NP/N", "S\\NP")


def test_nothing_fetches_it() -> None:
    """It is licensed."""
    assert CCG.fetch is None
