"""Tests of checking a benchmark folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.errors import DataError
from host.data.check import Finding, check_data


def _by_place(findings: list[Finding]) -> dict[tuple[str, str], Finding]:
    return {(finding.task, finding.language): finding for finding in findings}


def test_what_is_there_is_counted(benchmark: Path) -> None:
    """Samples and those with gold, per task and language."""
    found = _by_place(check_data(benchmark))
    assert found["xnli", "de"] == Finding("xnli", "de", 20, 20, None, None)
    assert found["xnli", "en"] == Finding("xnli", "en", 20, 0, None, None)
    assert found["tatoeba", "fr"] == Finding("tatoeba", "fr", 40, 20, None, None)


def test_what_is_missing_is_told_with_how_to_get_it(benchmark: Path) -> None:
    """Every language of the task without a file is named."""
    missing = _by_place(check_data(benchmark))["xnli", "zh"]
    assert missing.samples is None
    assert "no test file of xnli in zh" in str(missing.problem)
    assert "download_data.sh" in str(missing.remedy)


def test_what_is_broken_is_told_and_the_rest_is_checked(benchmark: Path) -> None:
    """One malformed file does not hide the others."""
    (benchmark / "xnli" / "test-en.tsv").write_text("only one column\n")
    found = _by_place(check_data(benchmark))
    assert "line 1" in str(found["xnli", "en"].problem)
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
