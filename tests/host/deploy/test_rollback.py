"""Going back to the release before, and what stands in the way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.layout import Layout
from device_agent.service.lock import serving_pid
from host.deploy.deploy import deploy
from host.deploy.rollback import roll_back
from host.inventory import Device
from host.transport.session import Session

MakePython = Callable[[str, str], str]


def test_release_before_is_in_force_again(
    device: Device, session: Session, layout: Layout, make_python: MakePython
) -> None:
    """It serves, both releases stay, and the audit log has a line."""
    first = deploy(session, device)
    second = deploy(session, dataclasses.replace(device, python=make_python("other", ":")))
    result = roll_back(session, device)
    assert (result.release, result.previous) == (first.release, second.release)
    assert Path(layout.current).readlink().name == first.release
    assert serving_pid(layout) is not None
    last = Path(layout.root / "audit.log").read_text().splitlines()[-1]
    assert "rollback by=" in last
    assert last.endswith(f"release={first.release} previous={second.release} result=ok")


def test_release_that_is_not_well_any_more_is_not_left_in_force(
    device: Device, session: Session, layout: Layout, make_python: MakePython
) -> None:
    """The release that was in force stays, and so does the other one's folder."""
    interpreter = make_python("first", ":")
    first = deploy(session, dataclasses.replace(device, python=interpreter))
    second = deploy(session, device)
    Path(interpreter).unlink()
    with pytest.raises(DeviceError, match=f"release {second.release} is in force and well"):
        roll_back(session, device)
    assert Path(layout.current).readlink().name == second.release
    assert (Path(layout.releases) / first.release).is_dir()


def test_without_a_release_before_nothing_is_done(
    device: Device, session: Session, layout: Layout
) -> None:
    """A first deploy has nothing to go back to; its agent is left alone."""
    deploy(session, device)
    pid = serving_pid(layout)
    with pytest.raises(DeviceError, match="no release before"):
        roll_back(session, device)
    assert serving_pid(layout) == pid


def test_device_without_agent_is_told(device: Device, session: Session) -> None:
    """The remedy is a deploy."""
    with pytest.raises(DeviceError, match="no agent to roll back") as caught:
        roll_back(session, device)
    assert "host deploy" in caught.value.remedy
