"""Tables are read with a header, or as XTREME writes pairs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.errors import DataError
from tests.training.sources.files import write
from training.sources.tables import TabSeparated, read_csv

TABS = TabSeparated(("question1", "question2"))
CELL = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\x00"))


def test_a_header_names_the_columns(tmp_path: Path) -> None:
    """In any order, others beside them."""
    path = write(tmp_path / "a.tsv", "id\tquestion2\tquestion1\n7\tB\tA\n")
    (row,) = TABS(path, "en")
    assert row.values == {"id": "7", "question2": "B", "question1": "A"}
    assert row.place == f"{path}, line 2"


def test_without_a_header_there_are_two_sentences_and_a_label(tmp_path: Path) -> None:
    """XTREME's lines end in CRLF, and its quotes stay."""
    path = write(tmp_path / "a.tsv", 'A\t"B ""c"""\t1\r\n')
    (row,) = TABS(path, "en")
    assert row.values == {"first": "A", "second": '"B ""c"""', "label": "1"}


def test_a_line_with_another_number_of_columns_is_refused(tmp_path: Path) -> None:
    """A test file has no label, and is told so by its first line."""
    path = write(tmp_path / "a.tsv", "A\tB\n")
    with pytest.raises(
        DataError, match="line 1: found 2 columns, expected 3 separated by tabs: first, second"
    ):
        list(TABS(path, "en"))


def test_a_few_short_lines_are_left_out_where_publishers_slip(tmp_path: Path) -> None:
    """As in the official QQP; line by line the others stay."""
    path = write(tmp_path / "a.tsv", "A\tB\t1\n" * 999 + "A\n")
    assert len(list(TabSeparated((), tolerates_short=True)(path, "en"))) == 999


def test_many_short_lines_are_no_slip(tmp_path: Path) -> None:
    """A file without labels is not taken for an empty one."""
    path = write(tmp_path / "a.tsv", "A\tB\n" * 10)
    with pytest.raises(DataError, match="line 1: found too few columns, as in 10 of 10 lines"):
        list(TabSeparated((), tolerates_short=True)(path, "en"))


def test_csv_quotes_hold_commas_and_line_ends(tmp_path: Path) -> None:
    """A record is told by the line that it begins on."""
    path = write(tmp_path / "a.csv", 'a,b\n"1, 2","x\ny"\n3,4\n')
    rows = list(read_csv(path, "en"))
    assert [row.values for row in rows] == [{"a": "1, 2", "b": "x\ny"}, {"a": "3", "b": "4"}]
    assert [row.place[-6:] for row in rows] == ["line 2", "line 4"]


def test_a_csv_row_with_another_number_of_columns_is_refused(tmp_path: Path) -> None:
    """The message has the line and the columns."""
    path = write(tmp_path / "a.csv", "a,b\n1,2\n1,2,3\n")
    with pytest.raises(DataError, match=r"line 3: found 3 columns, expected 2: a, b"):
        list(read_csv(path, "en"))


def test_csv_whose_quotes_do_not_close_is_refused(tmp_path: Path) -> None:
    """A download that broke off ends inside a text."""
    path = write(tmp_path / "a.csv", 'a,b\n1,"half a\nstory')
    with pytest.raises(DataError, match=r"line 2: found what is not \(unexpected end of data\)"):
        list(read_csv(path, "en"))


@given(rows=st.lists(st.tuples(CELL, CELL)))
def test_what_a_csv_writer_wrote_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    """Whatever the cells hold."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("a", "b"), *rows])
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(text.getvalue().encode())
    assert [(r.values["a"], r.values["b"]) for r in read_csv(path, "en")] == rows
