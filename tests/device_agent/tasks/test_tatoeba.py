"""Tatoeba: English queries, foreign candidates."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.samples import Sample, SentenceInput


def write(root: Path, labels: str | None) -> None:
    (root / "tatoeba").mkdir()
    (root / "tatoeba" / "de-en.en").write_text("cat\ndog\n", encoding="utf-8")
    (root / "tatoeba" / "de-en.de").write_text("Hund\nKatze\nMaus\n", encoding="utf-8")
    if labels is not None:
        (root / "labels" / "tatoeba").mkdir(parents=True)
        (root / "labels" / "tatoeba" / "test-de.tsv").write_text(labels, encoding="utf-8")


def test_english_rows_are_queries_and_foreign_rows_candidates(tmp_path) -> None:
    """A query's gold is the id of its foreign row; candidates have none."""
    write(tmp_path, "1\n0\n")
    assert tasks.get("tatoeba").read(tmp_path, "de") == [
        Sample(id="en-0", input=SentenceInput(role="query", text="cat"), gold=("de-1",)),
        Sample(id="en-1", input=SentenceInput(role="query", text="dog"), gold=("de-0",)),
        Sample(id="de-0", input=SentenceInput(role="candidate", text="Hund")),
        Sample(id="de-1", input=SentenceInput(role="candidate", text="Katze")),
        Sample(id="de-2", input=SentenceInput(role="candidate", text="Maus")),
    ]


def test_without_labels_no_query_has_gold(tmp_path) -> None:
    """The row number itself is no gold: the English side is sorted."""
    write(tmp_path, None)
    assert all(sample.gold is None for sample in tasks.get("tatoeba").read(tmp_path, "de"))


@pytest.mark.parametrize("bad", ["3", "-1", "[1]", "", "²"])
def test_a_bad_row_number_is_named(tmp_path, bad) -> None:
    """It must be a row that the foreign file has."""
    write(tmp_path, f"1\n{bad}\n")
    with pytest.raises(DataError, match=r"test-de.tsv, line 2: found .*, expected a row number"):
        tasks.get("tatoeba").read(tmp_path, "de")


def test_labels_of_another_length_are_refused(tmp_path) -> None:
    """A short file of labels cannot shift them."""
    write(tmp_path, "1\n")
    with pytest.raises(DataError, match="found 1 rows, expected 2"):
        tasks.get("tatoeba").read(tmp_path, "de")


def test_only_the_nearest_counts() -> None:
    """Credit and score take the first candidate of each ranking."""
    task = tasks.get("tatoeba")
    gold = {"en-0": ("de-1",), "en-1": ("de-0",)}
    rankings = {"en-0": ("de-1", "de-0"), "en-1": ("de-1", "de-0")}
    assert task.score(rankings, gold, "de").metrics == {"accuracy": 50.0}
    assert [task.credit(rankings[key], gold[key], "de") for key in gold] == [1.0, 0.0]
