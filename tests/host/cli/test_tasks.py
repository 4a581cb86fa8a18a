"""`host tasks` as users call it."""

from __future__ import annotations

import json

from click.testing import CliRunner

from host.cli import main


def test_every_task_is_listed() -> None:
    """Twelve, in words and for machines."""
    text = CliRunner().invoke(main, ["tasks"], catch_exceptions=False)
    assert (text.exit_code, text.stderr) == (0, "")
    values = json.loads(CliRunner().invoke(main, ["tasks", "--json"]).stdout)["tasks"]
    assert len(values) == 12
    for name, task in values.items():
        assert f"{name}  {task['title']}" in text.stdout
        assert task["source"] in text.stdout


def test_the_help_has_an_example() -> None:
    """As every command's."""
    assert "Example: host tasks" in CliRunner().invoke(main, ["tasks", "--help"]).stdout
