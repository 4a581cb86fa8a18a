"""Exports that cannot be made say why, beforehand where they can, and cost no other one."""

from __future__ import annotations

import collections
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from device_agent.contract.artifact import HeadName, Quantization
from export import room
from export.errors import ExportError, ParityError
from export.formats import onnx as onnx_format
from export.pipeline import attempt_checkpoint, export_checkpoint
from export.recipes import int8_dynamic
from export.request import ExportRequest, ExportResult, FailedArtifact

Xlmr = Callable[[HeadName], Path]


def test_a_full_disk_is_told_beforehand(
    xlmr: Xlmr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Free and needed space are stated, and nothing is written."""
    usage = collections.namedtuple("usage", "total used free")(10**9, 10**9, 1000)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ExportError, match="0 MB free, but the export of .* needs 68 MB"):
        export_checkpoint(ExportRequest(checkpoint=xlmr("multiple-choice"), output=tmp_path / "o"))
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_export_left_does_not_fill_the_disk_for_ever(
    xlmr: Xlmr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken away before free space is looked at."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = tmp_path / f".xtreme-edge-work-{gone.pid}-abc"
    left.mkdir()
    usage = collections.namedtuple("usage", "total used free")
    monkeypatch.setattr(
        room.shutil, "disk_usage", lambda _: usage(10**9, 0, 1000 if left.exists() else 10**9)
    )
    request = ExportRequest(checkpoint=xlmr("multiple-choice"), output=tmp_path, recipes=["fp32"])
    assert export_checkpoint(request).artifacts


def test_what_cannot_be_traced_is_told(
    xlmr: Xlmr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator that ONNX lacks, say."""

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("Exporting the operator 'aten::odd' is not supported\nsee")

    monkeypatch.setattr(onnx_format.torch.onnx, "export", refuse)
    request = ExportRequest(checkpoint=xlmr("multiple-choice"), output=tmp_path, recipes=["fp32"])
    with pytest.raises(ExportError, match="written as ONNX: Exporting the operator 'aten::odd'"):
        export_checkpoint(request)


def test_too_little_memory_is_told_beforehand(xlmr: Xlmr, tmp_path: Path) -> None:
    """Both figures are stated with the way out, and what is up to date needs none."""
    request = ExportRequest(checkpoint=xlmr("multiple-choice"), output=tmp_path, recipes=["fp32"])
    with pytest.raises(
        ExportError, match=r"0\.3 GB of memory allowed, .* needs about 0\.6 GB"
    ) as e:
        attempt_checkpoint(request, memory_bytes=300_000_000)
    assert "`--memory 0.6GB`" in e.value.remedy
    assert list(tmp_path.iterdir()) == []
    export_checkpoint(request)
    assert attempt_checkpoint(request, memory_bytes=300_000_000).artifacts[0].reused


def test_a_recipe_that_fails_does_not_keep_the_others_from_being_made(
    xlmr: Xlmr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure is a value beside them, and is raised where a complete result is wanted."""

    def refuse(*_: object) -> Quantization:
        raise ParityError("too inexact", remedy="Use another recipe.")

    monkeypatch.setattr(int8_dynamic, "apply", refuse)
    request = ExportRequest(
        checkpoint=xlmr("multiple-choice"), output=tmp_path, recipes=["int8-dynamic", "fp32"]
    )
    found = attempt_checkpoint(request)
    assert [artifact.manifest.recipe for artifact in found.artifacts] == ["fp32"]
    assert [(one.folder, one.recipe) for one in found.failures] == [
        (tmp_path / "int8-dynamic", "int8-dynamic")
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["fp32"]
    with pytest.raises(ParityError, match="too inexact"):
        found.complete()


def test_several_failures_are_one_error_that_lists_them() -> None:
    """What has the same reason stands together, each with its remedy."""
    reasons = [("disk full", "Free it."), ("disk full", "Free it."), ("no weights", "Copy them.")]
    failures = tuple(
        FailedArtifact(Path(f"a/{number}"), "fp32", ExportError(message, remedy=remedy))
        for number, (message, remedy) in enumerate(reasons)
    )
    with pytest.raises(ExportError) as caught:
        ExportResult(artifacts=(), notes=(), failures=failures).complete()
    assert caught.value.message == (
        "3 of 3 artifacts could not be exported:\n"
        "  a/0 (fp32), a/1 (fp32)\n    disk full\n    Free it.\n"
        "  a/2 (fp32)\n    no weights\n    Copy them."
    )
