"""`--output` that cannot be what it is to be: an error that names it, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from host.cli import main
from tests.host.bundles import SMALL, make_bundle


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)), catch_exceptions=False)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(tmp_path_factory.mktemp("made") / "bundle", SMALL)


@pytest.mark.parametrize(
    "output",
    [
        "file/report.html",
        "folder.html",
        "file",
        "file/tables",
        "/proc/nothing/report.html",
        "n" * 300 + ".md",
    ],
)
def test_a_report_that_cannot_be_written(bundle: Path, tmp_path: Path, output: str) -> None:
    """Below a file, a folder of that name, a file where tables go, a place of the kernel's."""
    (tmp_path / "file").touch()
    (tmp_path / "folder.html").mkdir()
    done = call("report", bundle, "--output", tmp_path / output)
    assert done.exit_code == 1
    assert done.stderr.startswith("error: ")
    assert str(tmp_path / output)[:12] in done.stderr
    assert "remedy: " in done.stderr


@pytest.mark.parametrize("output", ["file", "file/below", "/proc/nothing/out"])
def test_a_submission_that_cannot_be_written(bundle: Path, tmp_path: Path, output: str) -> None:
    """The same for a folder of predictions."""
    (tmp_path / "file").touch()
    done = call("report", bundle, "--submission", tmp_path / output)
    assert done.exit_code == 1
    assert "remedy: " in done.stderr
