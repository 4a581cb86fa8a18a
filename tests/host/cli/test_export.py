"""`host export` as users call it."""

from __future__ import annotations

from click.testing import CliRunner

from device_agent import tasks
from host.cli import main


def test_an_unknown_task_is_a_usage_error() -> None:
    """It lists those that there are, before the checkpoint is looked at."""
    done = CliRunner().invoke(main, ["export", "nowhere", "--task", "nope"])
    assert done.exit_code == 2
    assert "there is no task 'nope'" in done.stderr
    assert all(name in done.stderr for name in tasks.names())


def test_a_known_task_is_let_through() -> None:
    """The next thing that is wrong is told then."""
    done = CliRunner().invoke(main, ["export", "nowhere", "--task", "lareqa"])
    assert done.exit_code != 2
    assert "nope" not in done.stderr
