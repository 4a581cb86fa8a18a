"""A release counts only once the golden set of every artifact that comes with it has passed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.layout import Layout
from device_agent.service.lock import serving_pid
from export.pipeline import export_checkpoint
from export.request import ExportRequest
from host.deploy.content import artifact_blobs
from host.deploy.deploy import deploy, plan_deploy
from host.inventory import Device
from host.transport.session import Session
from tests.host.deploy.test_deploy import in_force, releases
from tests.wrong_artifacts import with_wrong_scales

MakePython = Callable[[str, str], str]


@pytest.fixture(scope="module")
def tagger(tiny_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An int8 artifact that is what its manifest says."""
    request = ExportRequest(
        checkpoint=tiny_study.parent / "checkpoints" / "first" / "udpos",
        output=tmp_path_factory.mktemp("tagger"),
        recipes=["int8-dynamic"],
        name="tagger",
    )
    return export_checkpoint(request).artifacts[0].folder


@pytest.fixture
def wrong(tagger: Path, tmp_path: Path) -> Path:
    """The same with wrong scales, under a manifest that fits it."""
    return with_wrong_scales(tagger, tmp_path / "wrong")


def test_what_has_passed_is_told_and_not_run_again(
    device: Device, session: Session, tagger: Path
) -> None:
    """The first deploy runs the golden set; a second one with the same content does not."""
    told: list[str] = []
    blobs = artifact_blobs(tagger)
    deploy(session, device, blobs, tell=told.append)
    assert told == ["golden set 1 of 1 passed: tagger-int8-dynamic"]
    told.clear()
    deploy(session, device, blobs, tell=told.append)
    assert told == []


def test_another_release_runs_it_again(
    device: Device, session: Session, tagger: Path, make_python: MakePython
) -> None:
    """Other packages may compute something else."""
    told: list[str] = []
    deploy(session, device, artifact_blobs(tagger))
    other = dataclasses.replace(device, python=make_python("other", ":"))
    deploy(session, other, artifact_blobs(tagger), tell=told.append)
    assert len(told) == 1


def test_a_plan_says_that_golden_sets_are_checked(
    device: Device, session: Session, tagger: Path
) -> None:
    """`--dry-run` tells it with the step whose outcome depends on it."""
    plan = plan_deploy(session, device, artifact_blobs(tagger))
    assert str(plan.steps[-1]).endswith("restart the agent; check 1 golden set on the device")
    assert "golden" not in plan_deploy(session, device).describe()


def test_a_wrong_artifact_keeps_a_first_release_from_counting(
    device: Device, session: Session, layout: Layout, wrong: Path
) -> None:
    """Nothing is in force afterwards, and the message says what the device computes."""
    with pytest.raises(DeviceError, match="1 of 1 artifacts fail their golden set") as caught:
        deploy(session, device, artifact_blobs(wrong))
    assert "tagger-int8-dynamic: it computes something else here" in caught.value.message
    assert "relative error" in caught.value.message
    assert "none is in force" in caught.value.message
    assert "recipe: fp32" in caught.value.remedy
    assert in_force(layout) is None
    assert serving_pid(layout) is None


def test_a_new_release_with_a_wrong_artifact_is_rolled_back(
    device: Device, session: Session, layout: Layout, wrong: Path, make_python: MakePython
) -> None:
    """The release before serves again, although it would not pass either."""
    good = deploy(session, device)
    other = dataclasses.replace(device, python=make_python("other", ":"))
    with pytest.raises(DeviceError, match=f"Rolled back: release {good.release} is in force"):
        deploy(session, other, artifact_blobs(wrong))
    assert in_force(layout) == good.release
    assert releases(layout) == {good.release}
    assert serving_pid(layout) is not None


def test_a_wrong_artifact_does_not_move_a_release_that_serves(
    device: Device, session: Session, layout: Layout, tagger: Path, wrong: Path
) -> None:
    """Where only content is new, it is refused, and the agent goes on as it was."""
    good = deploy(session, device, artifact_blobs(tagger))
    pid = serving_pid(layout)
    with pytest.raises(DeviceError, match=f"Release {good.release} stays in force"):
        deploy(session, device, [*artifact_blobs(tagger), *artifact_blobs(wrong)])
    assert serving_pid(layout) == pid


@pytest.fixture
def dying(device: Device, make_python: MakePython, tmp_path: Path) -> Device:
    """The device with an interpreter whose onnxruntime has an instruction too many."""
    (tmp_path / "bad" / "onnxruntime").mkdir(parents=True)
    (tmp_path / "bad" / "onnxruntime" / "__init__.py").write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n"
    )
    python = make_python("dies", f'export PYTHONPATH="{tmp_path}/bad:$PYTHONPATH"')
    return dataclasses.replace(device, python=python)


def test_an_engine_that_dies_here_is_a_finding(
    dying: Device, session: Session, layout: Layout, tagger: Path
) -> None:
    """With another engine the agent serves; the artifact that needs this one is refused."""
    pytest.importorskip("ai_edge_litert", reason="the second engine is not installed")
    with pytest.raises(DeviceError, match="onnxruntime cannot be imported: .*SIGILL") as caught:
        deploy(session, dying, artifact_blobs(tagger))
    assert "format: litert" in caught.value.remedy
    assert in_force(layout) is None
    assert "onnxruntime is installed there" in deploy(session, dying).notes[0]
