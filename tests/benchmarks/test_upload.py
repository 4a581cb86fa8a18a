"""The benchmark of uploads: it measures the same work on both sides, and pairs the rounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.upload import main, summarise
from tests.devices.sshd import sshd_path


def test_ratios_are_medians_of_paired_rounds() -> None:
    """A round in which the whole machine was slow says as much as any other."""
    report = summarise(
        {
            "ship": [1.0, 2.0, 8.0],
            "ship_known": [1.0, 1.0, 4.0],
            "scp_hashed": [2.0, 4.0, 8.0],
            "scp": [1.0, 0.5, 2.0],
        },
        300,
    )
    assert report.vs_scp == pytest.approx(2.0)
    assert report.vs_scp_unhashed == pytest.approx(0.5)
    assert (report.ship_s, report.scp_hashed_s, report.rounds) == (2.0, 4.0, 3)


@pytest.mark.skipif(sshd_path() is None, reason="OpenSSH's server is not installed")
def test_every_way_brings_the_file_over(tmp_path: Path) -> None:
    """One small round over the real server works and leaves nothing behind."""
    found = CliRunner().invoke(
        main, ["--megabytes", "1", "--rounds", "1", "--limit", "0", "--work", str(tmp_path)]
    )
    assert found.exit_code == 0, found.output
    assert "of scp with sha256sum at both ends" in found.output
    assert list(tmp_path.iterdir()) == []
