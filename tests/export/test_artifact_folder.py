"""What exports that were killed leave behind goes, and nothing else does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from export import artifact_folder


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_working_folders_of_dead_processes_go(tmp_path: Path, gone: int) -> None:
    """Also a half-written artifact; what a living process has there stays."""
    for name in (f".export-{gone}-abc", f".fp32.new-{gone}", f".export-{os.getpid()}-abc", ".mine"):
        (tmp_path / name).mkdir()
    artifact_folder.sweep(tmp_path)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [f".export-{os.getpid()}-abc", ".mine"]


def test_an_artifact_that_was_half_replaced_comes_back(tmp_path: Path, gone: int) -> None:
    """The process died between moving the old one aside and the new one into its place."""
    (tmp_path / f".fp32.old-{gone}").mkdir()
    (tmp_path / f".fp32.old-{gone}" / "artifact.json").write_text("old")
    (tmp_path / f".fp32.new-{gone}").mkdir()
    artifact_folder.sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["fp32"]
    assert (tmp_path / "fp32" / "artifact.json").read_text() == "old"


def test_an_old_artifact_goes_once_the_new_one_is_there(tmp_path: Path, gone: int) -> None:
    """The process died before it could take it away."""
    (tmp_path / "fp32").mkdir()
    (tmp_path / f".fp32.old-{gone}").mkdir()
    artifact_folder.sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["fp32"]


def test_a_folder_that_is_not_there_has_nothing_left(tmp_path: Path) -> None:
    """As before the first export."""
    artifact_folder.sweep(tmp_path / "no")
