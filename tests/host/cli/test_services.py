"""The commands that put an agent into force and take it away, as far as no device is needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from host.cli import main


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An inventory of this test's own, with this machine in it."""
    monkeypatch.setenv("XTREME_EDGE_HOME", str(tmp_path))
    state = str(tmp_path / "state")
    added = call("devices", "add", "here", "local", "--state", state, "--service", "process")
    assert added.exit_code == 0


@pytest.mark.parametrize("name", ["rollback", "undeploy"])
def test_help_has_an_example(name: str) -> None:
    """As every command's."""
    assert f"Example: host {name} --target pi5" in call(name, "--help").output


def test_keeping_and_discarding_contradict_each_other() -> None:
    """Asked for both, nothing is done."""
    assert call("undeploy", "--target", "here", "--keep-results", "--discard").exit_code == 2


def test_undeploy_of_nothing_is_done() -> None:
    """A device without an agent is as it should be."""
    done = call("undeploy", "--target", "here", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"device": "here", "removed": []}


def test_rollback_of_nothing_fails() -> None:
    """The remedy names the device."""
    done = call("rollback", "--target", "here")
    assert done.exit_code == 1
    assert "host deploy --target here" in done.stderr


def test_show_tells_the_service() -> None:
    """The entry's service, as it was added."""
    assert json.loads(call("devices", "show", "here", "--json").stdout)["service"] == "process"
