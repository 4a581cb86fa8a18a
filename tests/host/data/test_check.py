"""Tests of checking a benchmark folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from host.data.check import Finding, check_data
from host.data.pack import pack_study
from tests.host.data.conftest import MakeStudy


def _by_place(findings: list[Finding]) -> dict[tuple[str, str], Finding]:
    return {(finding.task, finding.language): finding for finding in findings}


def _counts(finding: Finding) -> tuple[object, ...]:
    return finding.samples, finding.with_gold, finding.problem, finding.remedy


def test_what_is_there_is_counted(benchmark: Path) -> None:
    """Samples and those with gold, per task and language."""
    found = _by_place(check_data(benchmark))
    assert _counts(found["xnli", "de"]) == (20, 20, None, None)
    assert _counts(found["xnli", "en"]) == (20, 0, None, None)
    assert _counts(found["tatoeba", "fr"]) == (40, 20, None, None)


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
    assert missing.samples is None
    assert missing.inputs is None
    assert missing.is_missing
    assert "no test file of xnli in zh" in str(missing.problem)
    assert "download_data.sh" in str(missing.remedy)


def test_what_is_broken_is_told_and_the_rest_is_checked(benchmark: Path) -> None:
    """One malformed file does not hide the others."""
    (benchmark / "xnli" / "test-en.tsv").write_text("only one column\n")
    found = _by_place(check_data(benchmark))
    assert "line 1" in str(found["xnli", "en"].problem)
    assert not found["xnli", "en"].is_missing
    assert found["xnli", "de"].samples == 20


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """A mistyped folder is not a folder in which everything is missing."""
    with pytest.raises(DataError, match="there is no such folder"):
        check_data(tmp_path / "nowhere")


def test_the_real_data_has_no_broken_file(data_dir: Path) -> None:
    """Whatever the real sample has of a task reads; the rest is missing."""
    found = check_data(data_dir / "xtreme_r_sample")
    assert [f for f in found if f.problem and "no test file" not in f.problem] == []
    assert _by_place(found)["xnli", "th"].with_gold == 99
