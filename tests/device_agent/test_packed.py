"""Packed datasets: read one row at a time, by order or by row."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract import codec
from device_agent.contract.errors import ContractError
from device_agent.contract.samples import InputRow, Sample, SentenceInput
from device_agent.packed import PackedSamples


def packed(path: Path, texts: list[str], *, end: bytes = b"\n") -> PackedSamples:
    rows = [
        InputRow(id=str(row), input=SentenceInput(role="query", text=text))
        for row, text in enumerate(texts)
    ]
    path.write_bytes(b"\n".join(codec.encode(row) for row in rows) + (end if rows else b""))
    return PackedSamples(path, {"1": ("one",)}, "dataset abc")


@given(st.lists(st.text(max_size=300), max_size=9), st.sampled_from([b"\n", b""]))
def test_a_row_by_its_number_is_the_row_in_its_place(texts: list[str], end: bytes) -> None:
    """Reading by row gives what reading in order gives, the last line ended or not."""
    with tempfile.TemporaryDirectory() as folder:
        samples = packed(Path(folder) / "d", texts, end=end)
        assert len(samples) == len(texts)
        assert [samples[row] for row in range(len(samples))] == list(samples)
        assert [s.input.text for s in samples] == texts  # type: ignore[union-attr]


def test_lines_longer_than_a_chunk_are_found(tmp_path: Path) -> None:
    """The index does not depend on where the file is cut for reading."""
    texts = ["a" * 1_500_000, "", "b" * (1 << 20), "c"]
    samples = packed(tmp_path / "d", texts)
    assert [samples[row].input.text for row in (3, 1, 2, 0)] == [  # type: ignore[union-attr]
        texts[row] for row in (3, 1, 2, 0)
    ]


def test_gold_is_joined_by_id(tmp_path: Path) -> None:
    """A sample without a line of gold has none."""
    golds = [sample.gold for sample in packed(tmp_path / "d", ["a", "b"])]
    assert golds == [None, ("one",)]


@pytest.mark.parametrize("row", [-1, 2])
def test_there_is_no_row_beyond_the_ends(tmp_path: Path, row: int) -> None:
    """No row from the back, none behind the last."""
    with pytest.raises(IndexError):
        packed(tmp_path / "d", ["a", "b"])[row]


def test_a_malformed_row_is_named_by_its_line(tmp_path: Path) -> None:
    """The error has the dataset and the line, however the row was reached."""
    samples = packed(tmp_path / "d", ["a", "b", "c"])
    (tmp_path / "d").write_bytes((tmp_path / "d").read_bytes().replace(b'"b"', b'"b'))
    with pytest.raises(ContractError, match="dataset abc line 2"):
        list(samples)
    with pytest.raises(ContractError, match="dataset abc line 2"):
        samples[1]


def test_a_sample_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    """Iteration holds one row: the first comes although the second cannot be read."""
    samples = packed(tmp_path / "d", ["a", "b"])
    (tmp_path / "d").write_bytes((tmp_path / "d").read_bytes().replace(b'"b"', b'"b'))
    assert isinstance(next(iter(samples)), Sample)
