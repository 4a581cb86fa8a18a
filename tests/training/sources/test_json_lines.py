"""JSON Lines are read record by record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.errors import DataError
from tests.training.sources.files import write, write_json_lines
from training.sources.json_lines import read_json_lines

TEXT = st.text(st.characters(blacklist_categories=("Cs",)))


def test_a_record_knows_its_line(tmp_path: Path) -> None:
    """Blank lines are counted and passed over."""
    path = write(tmp_path / "a.jsonl", '{"a": 1}\n\n{"a": 2}\n')
    assert [row.place for row in read_json_lines(path, "en")] == [
        f"{path}, line 1",
        f"{path}, line 3",
    ]


@pytest.mark.parametrize("broken", ['{"a": ', "[1]", "7", '{"a": 1} x', "[" * 5000])
def test_a_broken_line_is_told_by_its_number(tmp_path: Path, broken: str) -> None:
    """What is no object is refused too."""
    path = write(tmp_path / "a.jsonl", f'{{"a": 1}}\n{broken}\n')
    with pytest.raises(DataError, match=r"a\.jsonl, line 2: found what is not"):
        list(read_json_lines(path, "en"))


@given(rows=st.lists(st.dictionaries(TEXT, TEXT)))
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list) -> None:
    """Every text comes back, line separators of Unicode inside included."""
    path = write_json_lines(tmp_path_factory.mktemp("lines") / "a.jsonl", rows)
    found = [row.values for row in read_json_lines(path, "en")]
    assert found == [json.loads(json.dumps(row)) for row in rows]
