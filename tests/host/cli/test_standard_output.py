"""Standard output that is closed, full, gone, or cannot hold all characters."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOST = f"{sys.executable} -m host.cli"


def shell(script: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which `host` is the command line."""
    return subprocess.run(
        ["bash", "-c", f'host() {{ {HOST} "$@"; }}; {script}'],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XTREME_EDGE_HOME": str(home), **variables},
        timeout=60,
    )


@pytest.mark.parametrize("command", ["tasks", "tasks --json", "--help"])
def test_a_full_disk_is_one_line(tmp_path: Path, command: str) -> None:
    """What was printed could not be written: that is a failure, told once."""
    done = shell(f"host {command} > /dev/full", tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: standard output cannot be written: No space left on device."
    ]


@pytest.mark.parametrize("command", ["tasks", "tasks --json"])
def test_a_closed_standard_output_is_one_line(tmp_path: Path, command: str) -> None:
    """There is nowhere to print to."""
    done = shell(f"host {command} >&-", tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "standard output is closed" in done.stderr


@pytest.mark.parametrize("command", ["tasks", "tasks --json"])
def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path, command: str) -> None:
    """Nothing is said to somebody who looks at the first line only."""
    done = shell(f"host {command} | true", tmp_path)
    assert done.stderr == ""


def test_a_terminal_that_knows_only_ascii_gets_what_it_can_show(tmp_path: Path) -> None:
    """Other characters are replaced in text and escaped in JSON; nothing is raised."""
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    (tmp_path / "devices.yaml").write_text(
        "devices:\n  pi5: {address: pi5.local, state: /srv/caf\u00e9}\n", encoding="utf-8"
    )
    text = shell("host devices show pi5", tmp_path, **ascii_only)
    assert text.returncode == 0, text.stderr
    assert "pi5" in text.stdout
    machine = shell("host devices show pi5 --json", tmp_path, **ascii_only)
    assert machine.returncode == 0, machine.stderr
    assert "caf\\u00e9" in machine.stdout
