"""`host report --format` as users call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from host.cli import main
from host.cli.report import _FORMATS
from host.report.formats import FORMATS, SUBMISSION
from tests.host.bundles import SMALL, make_bundle


def report(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["report", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(tmp_path_factory.mktemp("made") / "bundle", SMALL)


def test_the_command_offers_every_format() -> None:
    """The names stand in the command itself, so that `--help` loads no writer."""
    assert (*FORMATS, SUBMISSION) == _FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_place_of_its_own(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Without --output it goes where the format says, and what was written is told."""
    monkeypatch.chdir(tmp_path)
    done = report(bundle, "--format", name)
    assert done.exit_code == 0, done.output
    path = tmp_path / FORMATS[name].output
    assert path.is_dir() == FORMATS[name].is_folder
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert FORMATS[name].output in done.stderr


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("a.html", "<!doctype html>"),
        ("a.md", "# edge"),
        ("a.tex", "\\toprule"),
        ("a.txt", "MLPerf Results Summary"),
    ],
)
def test_the_path_tells_the_format(bundle: Path, tmp_path: Path, output: str, text: str) -> None:
    """Where its end is one format's alone."""
    assert report(bundle, "--output", tmp_path / output).exit_code == 0
    assert text in (tmp_path / output).read_text(encoding="utf-8")


def test_a_folder_gets_csv_unless_told_otherwise(bundle: Path, tmp_path: Path) -> None:
    """--format wins over the path."""
    report(bundle, "--output", tmp_path / "tables")
    assert (tmp_path / "tables" / "scores.csv").is_file()
    report(bundle, "--output", tmp_path / "cards", "--format", "model-card")
    assert (tmp_path / "cards" / "english-int8.md").is_file()


def test_json_names_format_files_and_verdict(bundle: Path, tmp_path: Path) -> None:
    """For machines, absolute paths."""
    done = report(bundle, "--format", "csv", "--output", tmp_path / "tables", "--json")
    values = json.loads(done.stdout)
    assert values["format"] == "csv"
    assert values["verdict"].startswith("multilingual-int8 ")
    assert str(tmp_path / "tables" / "queries.csv") in values["files"]


def test_a_model_card_tells_what_to_paste(bundle: Path, tmp_path: Path) -> None:
    """The command that merges it into a README."""
    done = report(bundle, "--format", "model-card", "--output", tmp_path / "cards")
    assert "metadata_update('USER/MODEL'" in done.stderr


def test_a_submission_is_a_format_too(bundle: Path, tmp_path: Path) -> None:
    """The same files as with --submission."""
    done = report(bundle, "--format", "submission", "--output", tmp_path / "one")
    assert done.exit_code == 0
    report(bundle, "--submission", tmp_path / "two")
    names = [sorted(p.name for p in (tmp_path / one).rglob("*")) for one in ("one", "two")]
    assert names[0] == names[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--output", "a.pdf"),
        ("--format", "pdf"),
        ("--submission", "x", "--format", "csv"),
        ("--submission", "x", "--output", "y"),
        ("--format", "csv", "--variant", "english-int8"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(bundle: Path, arguments: tuple[str]) -> None:
    """A format that there is not, or options that say two things."""
    assert report(bundle, *arguments).exit_code == 2
