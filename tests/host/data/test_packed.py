"""What a study ships, in words and as plain values."""

from __future__ import annotations

from pathlib import Path

from host.data.pack import pack_counted
from host.data.packed import packed_json, packed_text, sizes_of
from tests.host.data.conftest import MakeStudy


def test_a_line_tells_what_a_dataset_has_of_how_much(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """A part is told with the whole, and a smaller pool is said to be another task."""
    study = make_study(benchmark, "{xnli: {languages: [de]}, tatoeba: {limit: 5, candidates: 8}}")
    text = packed_text(sizes_of(pack_counted(study, tmp_path / "out"), tmp_path / "out"))
    header, xnli, tatoeba, whole, warning = text.splitlines()[:5]
    columns = ["task", "language", "queries", "candidates", "tuning", "size", "digest"]
    assert header.split() == columns
    assert xnli.split()[:5] == ["xnli", "de", "20", "0", "0"]
    assert tatoeba.split()[:9] == ["tatoeba", "fr", "5", "of", "20", "8", "of", "20", "0"]
    assert whole.startswith("in all")
    assert "not comparable" in warning


def test_without_a_smaller_pool_nothing_is_warned_of(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """A subset of queries is another matter."""
    study = make_study(benchmark, "{tatoeba: {limit: 5}}")
    text = packed_text(sizes_of(pack_counted(study, tmp_path / "out"), tmp_path / "out"))
    assert "smaller pool" not in text


def test_sizes_are_those_of_the_files(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Together they are what lies in the folder."""
    out = tmp_path / "out"
    packed = sizes_of(pack_counted(make_study(benchmark, "[xnli, tatoeba]"), out), out)
    values = packed_json(out, packed, ["a note"])
    assert values["size_bytes"] == sum(file.stat().st_size for file in out.iterdir())
    assert values["notes"] == ["a note"]
    assert len(values["datasets"]) == 3  # type: ignore[arg-type]


def test_a_smaller_test_set_is_told_with_the_benchmarks_size(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """In words and as plain values."""
    out = tmp_path / "out"
    packed = sizes_of(pack_counted(make_study(benchmark, "[xnli]"), out), out)
    assert "  xnli      20 of about 5,010 sentence pairs a language" in packed_text(packed)
    compared = packed_json(out, packed, [])["benchmark"]["xnli"]  # type: ignore[index]
    assert (compared["smaller"], compared["most"], compared["benchmark_most"]) == (True, 20, 5010)


def test_candidates_and_what_is_tuned_on_stand_apart(
    data_dir: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """BUCC's development set is no pool that its test queries are looked up among."""
    study = make_study(data_dir / "xtreme_r_sample", "{bucc2018: {limit: 20, candidates: 40}}")
    out = tmp_path / "out"
    packed = sizes_of(pack_counted(study, out), out)
    (row,) = [line for line in packed_text(packed).splitlines() if line.startswith("bucc2018")]
    assert row[20:68].split() == "20 of 500 40 of 500 60 of 1000".split()  # noqa: SIM905
    (values,) = packed_json(out, packed, [])["datasets"]  # type: ignore[misc]
    assert (values["tuning"], values["available_tuning"]) == (60, 1000)
