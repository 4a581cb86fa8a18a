"""QQP is read as GLUE has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from device_agent.contract.samples import PairInput
from tests.training.sources.files import write
from training import intermediate, learning
from training.examples import Example

QQP = learning.get(intermediate, "qqp")
HEADER = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n"


def test_glues_file_is_read(tmp_path: Path) -> None:
    """Quotes stay as they stand."""
    write(tmp_path / "qqp/train.tsv", HEADER + '0\t1\t2\tWhat is "x"?\tWhat is x?\t1\n')
    assert QQP.read(tmp_path, "en") == [
        Example(input=PairInput(first='What is "x"?', second="What is x?"), target="1")
    ]


def test_a_few_lines_without_all_columns_are_left_out(tmp_path: Path) -> None:
    """The published file has two dozen."""
    write(tmp_path / "qqp/train.tsv", HEADER + "0\t1\t2\tA\tB\t0\n" * 999 + "0\t1\t2\tA\n")
    assert len(QQP.read(tmp_path, "en")) == 999


def test_a_label_that_is_none_of_the_two_is_refused(tmp_path: Path) -> None:
    """With the line."""
    write(tmp_path / "qqp/train-de.tsv", "A\tB\tmaybe\n")
    with pytest.raises(DataError, match="line 1: found is_duplicate 'maybe', expected one of 0, 1"):
        QQP.read(tmp_path, "de")


@pytest.mark.parametrize(("language", "count"), [("de", 1800), ("ko", 1795), ("zh", 1800)])
def test_pawsx_serves_as_multilingual_data(train_sample: Path, language: str, count: int) -> None:
    """One row of the Korean file is broken in two, as published, and left out."""
    assert len(QQP.read(train_sample, language, "pawsx/dev-{language}.tsv")) == count
