"""Removing an agent: all of it, nothing else, and no result that nobody has."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec
import pytest

from device_agent.contract.errors import DeviceError
from device_agent.layout import Layout
from device_agent.service.lock import serving_pid
from host.agent import Agent
from host.demo.virtual_device.launch import stop_agent
from host.deploy.deploy import deploy
from host.deploy.removal import REMOVE_CONTENT, REMOVE_FOLDER
from host.deploy.undeploy import undeploy
from host.inventory import Device
from host.transport.session import Session
from tests.tiny import TinyRun


@pytest.fixture
def with_run(device: Device, session: Session, layout: Layout, tiny_run: TinyRun) -> Device:
    """The device with an agent that has a run."""
    deploy(session, device, tiny_run.blobs)
    spec = msgspec.structs.replace(tiny_run.spec, modes=("accuracy",))
    Agent(session, layout, device.name).submit(spec)
    return device


def test_nothing_is_left(device: Device, session: Session, layout: Layout) -> None:
    """The daemon has ended, and all that a deploy has made is gone."""
    deploy(session, device)
    result = undeploy(session, device, is_collected=lambda _: False)
    assert result.removed == (str(layout.root),)
    assert serving_pid(layout) is None
    assert not Path(layout.root).exists()


def test_twice_is_no_error(device: Device, session: Session) -> None:
    """A device without an agent has nothing to remove."""
    assert undeploy(session, device, is_collected=lambda _: False).removed == ()


def test_uncollected_run_is_refused(with_run: Device, session: Session, layout: Layout) -> None:
    """The run is named, and the agent goes on."""
    with pytest.raises(DeviceError, match="not collected to this host: tiny-1"):
        undeploy(session, with_run, is_collected=lambda _: False)
    assert serving_pid(layout) is not None


def test_collected_run_may_go(with_run: Device, session: Session, layout: Layout) -> None:
    """What the host has is asked for no more."""
    undeploy(session, with_run, is_collected=lambda run: run.run_id == "tiny-1")
    assert not Path(layout.root).exists()


def test_results_can_be_kept(with_run: Device, session: Session, layout: Layout) -> None:
    """The runs and the audit log stay, the agent and its models do not."""
    undeploy(session, with_run, is_collected=lambda _: False, keep_results=True)
    assert {path.name for path in Path(layout.root).iterdir()} == {"runs", "audit.log"}
    assert (Path(layout.runs) / "tiny-1" / "spec.json").is_file()
    assert "undeploy by=" in Path(layout.root / "audit.log").read_text().splitlines()[-1]


def test_the_lock_goes_last(tmp_path: Path) -> None:
    """While anything is being removed, whoever deploys still finds the device locked."""
    state = tmp_path / "xtreme-edge"
    for name in ("blobs", "deploy.lock", "releases", ".quota.12"):
        (state / name).mkdir(parents=True)
    watched = 'privileged() { [ "$3" != "$root" ] || ls -A "$root"; "$@"; }\n'
    done = subprocess.run(
        ["sh", "-c", f"root=$1\n{watched}{REMOVE_CONTENT}{REMOVE_FOLDER}", "sh", str(state), ""],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["deploy.lock", str(state)]
    assert not state.exists()


@pytest.fixture
def foreign(device: Device, tmp_path: Path) -> Iterator[Device]:
    """The device with a state folder that was there before, with a file of its user's."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "thesis.txt").write_text("years of work")
    yield dataclasses.replace(device, state=str(tmp_path / "data"))
    stop_agent(Layout(PurePosixPath(tmp_path / "data")))


def test_files_of_others_are_spared(foreign: Device, session: Session, tmp_path: Path) -> None:
    """A folder that was named in the inventory may hold more than the agent's state."""
    deploy(session, foreign)
    result = undeploy(session, foreign, is_collected=lambda _: False)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["thesis.txt"]
    assert result.removed == (f"{tmp_path}/data, except what is not ours",)
