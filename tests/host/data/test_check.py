"""Tests of checking a benchmark folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from device_agent.contract.samples import Sample, SentenceInput
from host.data.check import Finding, check_data
from host.data.counts import Counts, count
from host.data.pack import pack_study
from tests.host.data.conftest import MakeStudy


def _by_place(findings: list[Finding]) -> dict[tuple[str, str], Finding]:
    return {(finding.task, finding.language): finding for finding in findings}


def _counts(finding: Finding) -> tuple[int, int, int]:
    assert finding.counts is not None
    assert (finding.problem, finding.remedy) == (None, None)
    return finding.counts.queries, finding.counts.with_gold, finding.counts.candidates


def test_what_is_there_is_counted(benchmark: Path) -> None:
    """Queries, those with gold, and candidates, per task and language."""
    found = _by_place(check_data(benchmark))
    assert _counts(found["xnli", "de"]) == (20, 20, 0)
    assert _counts(found["xnli", "en"]) == (20, 0, 0)
    assert _counts(found["tatoeba", "fr"]) == (20, 20, 20)


def test_a_digest_is_that_of_the_packed_data(
    benchmark: Path, make_study: MakeStudy, tmp_path: Path
) -> None:
    """What is checked here can be found again in a run spec; no gold has no digest."""
    study = make_study(benchmark, "{xnli: {languages: [de, en]}, tatoeba: {languages: [fr]}}")
    found = _by_place(check_data(benchmark))
    for dataset in pack_study(study, tmp_path / "packed"):
        finding = found[dataset.task, dataset.language]
        assert (finding.inputs, finding.gold) == (dataset.inputs, dataset.gold)
    assert found["xnli", "en"].gold is None


def test_a_digest_is_of_what_is_read(benchmark: Path) -> None:
    """Other line ends change nothing, another word does."""
    before = _by_place(check_data(benchmark))["xnli", "de"]
    path = benchmark / "xnli" / "test-de.tsv"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\n", b"\r\n"))
    assert _by_place(check_data(benchmark))["xnli", "de"] == before
    path.write_bytes(content.replace(b"premise 7", b"premise seven"))
    after = _by_place(check_data(benchmark))["xnli", "de"]
    assert after.inputs != before.inputs
    assert after.gold == before.gold


def test_what_is_missing_is_told_with_how_to_get_it(benchmark: Path) -> None:
    """Every language of the task without a file is named."""
    missing = _by_place(check_data(benchmark))["xnli", "zh"]
    assert missing.counts is None
    assert missing.inputs is None
    assert missing.is_missing
    assert "no test file of xnli in zh" in str(missing.problem)
    assert "download_data.sh" in str(missing.remedy)


def test_a_pool_is_found_beside_the_languages(pooled: Path) -> None:
    """It is no language, and has candidates alone; without its file it is missing."""
    found = _by_place(check_data(pooled, names=["mewslix"]))
    assert len(found) == 12
    assert found["mewslix", "mul"].is_pool
    assert _counts(found["mewslix", "mul"]) == (0, 0, 5)
    assert _counts(found["mewslix", "de"]) == (2, 2, 0)
    (pooled / "mewslix" / "candidate_set_entities.jsonl").unlink()
    gone = _by_place(check_data(pooled, names=["mewslix"]))["mewslix", "mul"]
    assert gone.is_missing
    assert "download_mewslix_data.sh" in str(gone.remedy)


def test_what_a_threshold_is_tuned_on_is_counted_apart() -> None:
    """It is run, but is neither a query that is scored nor a candidate of those."""
    samples = [
        Sample(id=f"{role}{tuning}", input=SentenceInput(role=role, text="x", tuning=tuning))
        for role in ("query", "candidate")
        for tuning in (False, True)
    ]
    assert count(samples) == Counts(queries=1, with_gold=0, candidates=1, tuning=2)
    assert count(samples).samples == 4


def test_what_is_broken_is_told_and_the_rest_is_checked(benchmark: Path) -> None:
    """One malformed file does not hide the others."""
    (benchmark / "xnli" / "test-en.tsv").write_text("only one column\n")
    found = _by_place(check_data(benchmark))
    assert "line 1" in str(found["xnli", "en"].problem)
    assert not found["xnli", "en"].is_missing
    assert _counts(found["xnli", "de"])[0] == 20


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """A mistyped folder is not a folder in which everything is missing."""
    with pytest.raises(DataError, match="there is no such folder"):
        check_data(tmp_path / "nowhere")


def test_the_real_data_has_no_broken_file(data_dir: Path) -> None:
    """Whatever the real sample has of a task reads; the rest is missing."""
    found = check_data(data_dir / "xtreme_r_sample")
    assert [f for f in found if f.problem and "no test file" not in f.problem] == []
    assert _counts(_by_place(found)["xnli", "th"])[1] == 99
