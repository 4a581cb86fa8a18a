"""What exports that were killed leave behind goes, and nothing else does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from export import artifact_folder
from export.errors import ExportError


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_working_folders_of_dead_processes_go(tmp_path: Path, gone: int) -> None:
    """Also a half-written artifact; what a living process has there stays."""
    living = f".xtreme-edge-work-{os.getpid()}-abc"
    for name in (f".xtreme-edge-work-{gone}-abc", f".xtreme-edge-new-{gone}-fp32", living, ".mine"):
        (tmp_path / name).mkdir()
    artifact_folder.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mine", living]


def test_folders_of_others_stay_whatever_their_numbers(tmp_path: Path, gone: int) -> None:
    """Artifacts may lie in somebody's home folder, beside backups of other things."""
    names = {f".config.new-{gone}", f".vim.old-{gone}", f".export-{gone}-photos"}
    for name in names:
        (tmp_path / name).mkdir()
    artifact_folder.sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == names


def test_what_stood_there_stays_when_the_exchange_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C between moving the old one aside and the new one into its place loses neither."""
    (tmp_path / "fp32").mkdir()
    (tmp_path / "fp32" / "artifact.json").write_text("old")
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        if "-new-" in path.name:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), artifact_folder.replacing(tmp_path / "fp32"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["fp32"]
    assert (tmp_path / "fp32" / "artifact.json").read_text() == "old"


def test_of_two_exports_into_one_place_the_last_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the other one comes between the two moves."""
    rename = Path.rename
    others = iter(["first"])

    def race(path: Path, target: Path) -> Path:
        if "-new-" in path.name and next(others, None):
            target.mkdir()
            (target / "artifact.json").write_text("other")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", race)
    with artifact_folder.replacing(tmp_path / "fp32") as folder:
        (folder / "artifact.json").write_text("ours")
    assert [path.name for path in tmp_path.iterdir()] == ["fp32"]
    assert (tmp_path / "fp32" / "artifact.json").read_text() == "ours"


def test_a_link_is_followed(tmp_path: Path) -> None:
    """What it points to, on a larger disk say, gets the artifact; the link stays."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    with artifact_folder.replacing(tmp_path / "out") as folder:
        (folder / "artifact.json").write_text("new")
    assert (tmp_path / "out").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["disk", "out"]
    assert (tmp_path / "disk" / "artifact.json").read_text() == "new"


def test_the_folder_that_one_is_in_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell would go on in a folder that is no more."""
    (tmp_path / "out" / "deeper").mkdir(parents=True)
    (tmp_path / "out" / "artifact.json").write_text("torn")
    for place in ("out", "out/deeper"):
        monkeypatch.chdir(tmp_path / place)
        with pytest.raises(ExportError, match="is the folder that you are in, or above it"):
            artifact_folder.check_replaceable(tmp_path / "out")


def test_an_artifact_that_was_half_replaced_comes_back(tmp_path: Path, gone: int) -> None:
    """The process died between moving the old one aside and the new one into its place."""
    (tmp_path / f".xtreme-edge-old-{gone}-fp32").mkdir()
    (tmp_path / f".xtreme-edge-old-{gone}-fp32" / "artifact.json").write_text("old")
    (tmp_path / f".xtreme-edge-new-{gone}-fp32").mkdir()
    artifact_folder.sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["fp32"]
    assert (tmp_path / "fp32" / "artifact.json").read_text() == "old"


def test_an_old_artifact_goes_once_the_new_one_is_there(tmp_path: Path, gone: int) -> None:
    """The process died before it could take it away."""
    (tmp_path / "fp32").mkdir()
    (tmp_path / f".xtreme-edge-old-{gone}-fp32").mkdir()
    artifact_folder.sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["fp32"]


def test_a_folder_that_is_not_there_has_nothing_left(tmp_path: Path) -> None:
    """As before the first export."""
    artifact_folder.sweep(tmp_path / "no")
