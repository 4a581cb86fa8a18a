"""What has passed is remembered only for the circumstances under which it passed."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from device_agent.golden_check.passed import Passed
from device_agent.layout import RELEASE_VARIABLE, Layout

ARTIFACT = "a" * 64
PI_4 = "processor : 0\nFeatures : fp asimd crc32\nCPU part : 0xd08\n"
PI_5 = "processor : 0\nFeatures : fp asimd crc32 asimddp\nCPU part : 0xd0b\n"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(PurePosixPath(tmp_path / "state"))


def board(tmp_path: Path, name: str, cpuinfo: str) -> Path:
    """Return a recorded tree with a processor."""
    (tmp_path / name / "proc").mkdir(parents=True)
    (tmp_path / name / "proc" / "cpuinfo").write_text(cpuinfo)
    return tmp_path / name


def test_only_what_passed_is_known(layout: Layout) -> None:
    """Another artifact, and another runtime, are not."""
    passed = Passed(layout)
    assert not passed.knows(ARTIFACT, "onnxruntime")
    passed.remember(ARTIFACT, "onnxruntime")
    assert passed.knows(ARTIFACT, "onnxruntime")
    assert not passed.knows(ARTIFACT, "litert")
    assert not passed.knows("b" * 64, "onnxruntime")


def test_another_processor_knows_nothing(layout: Layout, tmp_path: Path) -> None:
    """A memory card that moves to another board is checked there."""
    old, new = (board(tmp_path, name, text) for name, text in (("4", PI_4), ("5", PI_5)))
    Passed(layout, old).remember(ARTIFACT, "onnxruntime")
    assert Passed(layout, old).knows(ARTIFACT, "onnxruntime")
    assert not Passed(layout, new).knows(ARTIFACT, "onnxruntime")


def test_another_release_or_version_knows_nothing(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever may change the numbers has the golden set run again."""
    monkeypatch.setenv(RELEASE_VARIABLE, "/state/releases/1-a")
    Passed(layout).remember(ARTIFACT, "onnxruntime")
    assert Passed(layout).knows(ARTIFACT, "onnxruntime")
    with monkeypatch.context() as patched:
        patched.setenv(RELEASE_VARIABLE, "/state/releases/1-b")
        assert not Passed(layout).knows(ARTIFACT, "onnxruntime")
    monkeypatch.setattr("device_agent.runtimes.installed", lambda _: "onnxruntime 0.1")
    assert not Passed(layout).knows(ARTIFACT, "onnxruntime")


def test_a_disk_that_takes_no_note_is_no_failure(tmp_path: Path) -> None:
    """It only costs another check."""
    (tmp_path / "state").write_text("no folder")
    passed = Passed(Layout(PurePosixPath(tmp_path / "state")))
    passed.remember(ARTIFACT, "onnxruntime")
    assert not passed.knows(ARTIFACT, "onnxruntime")
