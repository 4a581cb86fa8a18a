"""Two sentences a line."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from device_agent.contract.samples import PairInput, Sample
from device_agent.tasks.reading.pairs import read_pairs

LABELS = ("no", "yes")


@pytest.fixture
def read(tmp_path):
    """Write inputs and, if given, labels; read them as a test split, or as one with gold."""

    def write_and_read(inputs: str, labels: str | None = None, *, test: bool = True):
        (tmp_path / "x.tsv").write_bytes(inputs.encode())
        gold = tmp_path / "gold.tsv"
        if labels is not None:
            gold.write_bytes(labels.encode())
        return read_pairs(tmp_path / "x.tsv", gold if test else None, LABELS, "de")

    return write_and_read


def test_gold_comes_from_the_labels_file(read) -> None:
    """A row gets the label of the same row there."""
    assert read("a\tb\r\nc\td\r\n", "yes\nno\n") == [
        Sample(id="de-0", input=PairInput(first="a", second="b"), gold="yes"),
        Sample(id="de-1", input=PairInput(first="c", second="d"), gold="no"),
    ]


def test_without_labels_file_a_test_split_has_no_gold(read) -> None:
    """Absent gold is None."""
    assert [sample.gold for sample in read("a\tb\n")] == [None]


def test_a_third_column_is_gold(read) -> None:
    """In dev and train, and in a test file that has it and no labels file."""
    assert [sample.gold for sample in read("a\tb\tyes\r\n", test=False)] == ["yes"]
    assert [sample.gold for sample in read("a\tb\tyes\n")] == ["yes"]


def test_quotes_reach_the_model_as_they_stand(read) -> None:
    """Nothing is unquoted: not the field, not the doubled quotes inside."""
    (sample,) = read('"Er sagte ""ja""."\tEr sagte "ja\n')
    assert sample.input == PairInput(first='"Er sagte ""ja""."', second='Er sagte "ja')


@pytest.mark.parametrize("bad", ["a", "a\tb\tyes\tmore", ""])
def test_another_number_of_columns_is_named(read, bad) -> None:
    """File, line, found and expected are in the message."""
    with pytest.raises(DataError, match=r"x.tsv, line 2: found \d columns?, expected 2 or 3"):
        read(f"a\tb\n{bad}\nc\td\n")


def test_a_split_with_gold_must_have_the_third_column(read) -> None:
    """Two columns are too few there."""
    with pytest.raises(DataError, match="line 1: found 2 columns, expected 3"):
        read("a\tb\n", test=False)


def test_an_unknown_label_is_named(read) -> None:
    """In the labels file as in the third column."""
    with pytest.raises(DataError, match="gold.tsv, line 2: found label 'maybe', expected one of"):
        read("a\tb\nc\td\n", "yes\nmaybe\n")
    with pytest.raises(DataError, match="x.tsv, line 1: found label 'maybe'"):
        read("a\tb\tmaybe\n", test=False)


def test_labels_of_another_length_are_refused(read) -> None:
    """A file of labels that is too short cannot shift them."""
    with pytest.raises(
        DataError, match=r"gold.tsv: found 1 labels, expected 2, as many as .*x.tsv"
    ):
        read("a\tb\nc\td\n", "yes\n")
