"""What a user should know of packed datasets."""

from __future__ import annotations

from pathlib import Path

from host.data.pack import pack_study
from tests.host.data.conftest import MakeStudy


def _told(make_study: MakeStudy, data: Path, tasks: str, out: Path) -> list[str]:
    told: list[str] = []
    pack_study(make_study(data, tasks), out, tell=told.append)
    return told


def test_more_candidates_than_asked_for_are_told(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Every query's answer stays."""
    told = _told(make_study, benchmark, "{tatoeba: {languages: [fr], candidates: 5}}", tmp_path)
    assert told == ["tatoeba: candidates: 5 became 20 in fr, since gold names that many."]


def test_fewer_candidates_than_asked_for_are_told(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """There are no more."""
    told = _told(make_study, benchmark, "{tatoeba: {languages: [fr], candidates: 50}}", tmp_path)
    assert told == ["tatoeba: candidates: 50 became 20 in fr, since no more are there."]


def test_queries_without_gold_are_told(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """English has none here."""
    told = _told(make_study, benchmark, "{xnli: {languages: [de, en]}}", tmp_path)
    assert told == ["xnli: queries without gold are run and unscored; with gold: en 0 of 20."]


def test_languages_that_the_data_lacks_are_told_in_one_line(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """Where the study names none."""
    (benchmark / "xnli" / "test-en.tsv").unlink()
    told = _told(make_study, benchmark, "[xnli]", tmp_path)
    (note,) = told
    assert note.startswith("xnli: the data has 1 of 15 languages, and no test file in ar bg el en")
