"""What a study ships, in words and as plain values."""

from __future__ import annotations

from pathlib import Path

from host.data.pack import pack_study
from host.data.packed import packed_json, packed_text, sizes_of
from tests.host.data.conftest import MakeStudy


def test_a_line_tells_what_a_dataset_has_of_how_much(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """A part is told with the whole, and a smaller pool is said to be another task."""
    study = make_study(benchmark, "{xnli: {languages: [de]}, tatoeba: {limit: 5, candidates: 8}}")
    text = packed_text(sizes_of(pack_study(study, tmp_path / "out"), tmp_path / "out"))
    header, xnli, tatoeba, whole, warning = text.splitlines()
    assert header.split() == ["task", "language", "queries", "pool", "size", "digest"]
    assert xnli.split()[:4] == ["xnli", "de", "20", "0"]
    assert tatoeba.split()[:8] == ["tatoeba", "fr", "5", "of", "20", "8", "of", "20"]
    assert whole.startswith("in all")
    assert "not comparable" in warning


def test_without_a_smaller_pool_nothing_is_warned_of(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """A subset of queries is another matter."""
    study = make_study(benchmark, "{tatoeba: {limit: 5}}")
    text = packed_text(sizes_of(pack_study(study, tmp_path / "out"), tmp_path / "out"))
    assert "not comparable" not in text


def test_sizes_are_those_of_the_files(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Together they are what lies in the folder."""
    out = tmp_path / "out"
    packed = sizes_of(pack_study(make_study(benchmark, "[xnli, tatoeba]"), out), out)
    values = packed_json(out, packed, ["a note"])
    assert values["size_bytes"] == sum(file.stat().st_size for file in out.iterdir())
    assert values["notes"] == ["a note"]
    assert len(values["datasets"]) == 3  # type: ignore[arg-type]
