"""What dead processes had begun is removed at the next start."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path, PurePosixPath

from device_agent.layout import Layout
from device_agent.service.leftovers import sweep
from tests.device_agent.service.small_runs import submit


def test_only_what_nobody_writes_any_more_is_removed(tmp_path: Path) -> None:
    """Half-sealed bundles and reserves of dead processes go; a living one's stay, and the run."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    (folder,) = submit(tmp_path, "run")
    before = sorted(path.name for path in folder.path.iterdir())
    (folder.path / f".bundle.{gone.pid}").mkdir()
    (folder.path / f".bundle.{gone.pid}" / "journal.jsonl").touch()
    (folder.path / f".reserve.{gone.pid}").touch()
    (folder.path / f".bundle.{os.getpid()}").mkdir()
    artifact = Path(Layout(PurePosixPath(tmp_path)).artifacts) / f".{'a' * 64}.{gone.pid}"
    artifact.mkdir(parents=True)
    sweep(Layout(PurePosixPath(tmp_path)))
    left = sorted(path.name for path in folder.path.iterdir())
    assert left == sorted([*before, f".bundle.{os.getpid()}"])
    assert not artifact.exists()
