"""`host data check` as users call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from host.cli import main


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["data", "check", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """XNLI in German without gold."""
    (tmp_path / "xnli").mkdir()
    (tmp_path / "xnli" / "test-de.tsv").write_text("one\ttwo\nthree\tfour\n")
    return tmp_path


def test_what_is_there_and_what_is_missing(data: Path) -> None:
    """One usable language is enough for exit code 0."""
    done = check(data)
    assert done.exit_code == 0
    assert "xnli         1 of 15         2          0  " in done.stdout
    assert "without gold" in done.stdout
    assert "download_data.sh" in done.stdout


def test_json_has_counts_and_digests(data: Path) -> None:
    """Of what was read."""
    values = json.loads(check(data, "--json").stdout)
    german = values["tasks"]["xnli"]["languages"]["de"]
    assert (german["samples"], german["with_gold"], german["gold_digest"]) == (2, 0, None)
    assert len(german["inputs_digest"]) == 64
    assert values["usable"] is True


def test_nothing_usable_exits_with_1(tmp_path: Path) -> None:
    """An empty folder has all to get, a missing one is an error."""
    done = check(tmp_path)
    assert done.exit_code == 1
    assert "xnli         0 of 15" in done.stdout
    assert json.loads(check(tmp_path, "--json").stdout)["usable"] is False
    missing = check(tmp_path / "nowhere")
    assert missing.exit_code == 1
    assert "remedy: " in missing.stderr


def test_the_help_has_an_example() -> None:
    """The group's and the command's."""
    assert "Example: host data check" in check("--help").stdout
    assert "Example:" in CliRunner().invoke(main, ["data", "--help"]).stdout


def test_the_real_sample_is_usable(data_dir: Path) -> None:
    """Thai PANX is all that has no gold."""
    done = check(data_dir / "xtreme_r_sample")
    assert done.exit_code == 0
    assert "panx      th\n" in done.stdout
