"""A task's files are found by their published names, or by the name that is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from device_agent.contract.samples import PairInput
from tests.training.sources.files import write
from training.errors import TrainingError
from training.sources.json_lines import read_json_lines
from training.sources.pairs import INFERENCE
from training.sources.source import Source
from training.sources.tables import TabSeparated

SOURCE = Source(
    task="nli",
    form=INFERENCE,
    readers={".tsv": TabSeparated(INFERENCE.header), ".jsonl": read_json_lines},
    patterns=("nli/train-{language}.tsv",),
    english=("nli/published.tsv",),
)


def _firsts(source: Source, root: Path, language: str, files: str | None = None) -> list[str]:
    read = source.read(root, language, files)
    return [one.input.first for one in read if isinstance(one.input, PairInput)]


def test_a_language_has_a_file_of_its_own(tmp_path: Path) -> None:
    """Beside the English one by its published name."""
    write(tmp_path / "nli/train-de.tsv", "Ja.\tb\tneutral\n")
    write(tmp_path / "nli/published.tsv", "Yes.\tb\tneutral\n")
    assert _firsts(SOURCE, tmp_path, "de") == ["Ja."]
    assert _firsts(SOURCE, tmp_path, "en") == ["Yes."]


def test_a_file_that_is_named_takes_the_place_of_the_published_ones(tmp_path: Path) -> None:
    """So a development set can be trained on."""
    write(tmp_path / "nli/train-de.tsv", "Ja.\tb\tneutral\n")
    write(tmp_path / "other/dev-de.tsv", "Nein.\tb\tneutral\n")
    assert _firsts(SOURCE, tmp_path, "de", "other/dev-{language}.tsv") == ["Nein."]


def test_one_file_for_all_languages_is_refused(tmp_path: Path) -> None:
    """English would pass for German."""
    with pytest.raises(TrainingError, match=r"found no \{language\} in the name"):
        SOURCE.read(tmp_path, "de", "nli/published.tsv")


def test_missing_files_are_named(tmp_path: Path) -> None:
    """All names that were looked for."""
    with pytest.raises(DataError, match=r"expected one of nli/train-en\.tsv, nli/published\.tsv"):
        SOURCE.read(tmp_path, "en")


def test_a_named_file_that_is_missing_is_told(tmp_path: Path) -> None:
    """By its whole name."""
    with pytest.raises(DataError, match=r"nli/dev-de\.tsv: there is no such file"):
        SOURCE.read(tmp_path, "de", "nli/dev-{language}.tsv")


@pytest.mark.parametrize("text", ["", "premise\thypothesis\tlabel\n", "a\tb\t-\n"])
def test_a_file_without_an_example_is_refused(tmp_path: Path, text: str) -> None:
    """Empty, a header alone, or every pair left out."""
    write(tmp_path / "nli/train-de.tsv", text)
    with pytest.raises(TrainingError, match=r"nli, .*train-de\.tsv: found no example"):
        SOURCE.read(tmp_path, "de")


def test_a_column_that_is_missing_is_named_with_the_others(tmp_path: Path) -> None:
    """With the line, and the columns that are there."""
    write(tmp_path / "nli/train-de.tsv", "premise\tgenre\nJa.\tfiction\n")
    with pytest.raises(DataError, match=r"line 2: found columns premise, genre, expected a column"):
        SOURCE.read(tmp_path, "de")


def test_a_form_of_file_that_nothing_reads_is_refused(tmp_path: Path) -> None:
    """With those that can be read."""
    with pytest.raises(DataError, match=r"found a file \.xlsx, expected one of \.tsv, \.jsonl"):
        SOURCE.read(tmp_path, "de", "nli/{language}.xlsx")


def test_what_is_learned_from_english_data_alone_says_so(tmp_path: Path) -> None:
    """A file that is named may be of any language."""
    source = Source(task="XYZ", form=INFERENCE, readers=SOURCE.readers, only_english="ABC")
    with pytest.raises(
        TrainingError, match="XYZ is learned from ABC, which is English; found 'de'"
    ):
        source.read(tmp_path, "de")
    write(tmp_path / "own-de.tsv", "Ja.\tb\tneutral\n")
    assert _firsts(source, tmp_path, "de", "own-{language}.tsv") == ["Ja."]
