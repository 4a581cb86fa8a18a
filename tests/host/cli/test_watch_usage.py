"""`host watch` and `host open` as far as no device is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from host.cli import main


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither devices nor an agent on this machine."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XTREME_EDGE_HOME", str(tmp_path))


@pytest.mark.parametrize("name", ["watch", "open"])
def test_help_has_examples(name: str) -> None:
    """As every command's."""
    assert f"host {name}\n" in call(name, "--help").output


@pytest.mark.parametrize("name", ["watch", "open"])
def test_without_devices_it_says_how_to_add_one(name: str) -> None:
    """And ends."""
    done = call(name)
    assert done.exit_code == 0
    assert "host devices add" in done.stderr


def test_a_run_that_nobody_knows() -> None:
    """Is an error with a remedy."""
    done = call("watch", "no-such-run", "--once")
    assert done.exit_code == 1
    assert "remedy: " in done.stderr


def test_a_target_that_nobody_knows() -> None:
    """The same for what is neither a run nor a target nor a report."""
    done = call("open", "nothing")
    assert done.exit_code == 1
    assert "remedy: " in done.stderr


def test_a_run_has_one_target() -> None:
    """Two are a mistake in use."""
    assert call("watch", "r", "--target", "a", "--target", "b").exit_code == 2


def test_a_finished_report_is_opened_as_a_file(tmp_path: Path) -> None:
    """It is self-contained, so nothing has to be served."""
    page = tmp_path / "report.html"
    page.write_text("<p>", encoding="utf-8")
    done = call("open", str(page), "--no-browser")
    assert done.stdout.strip() == page.as_uri()
