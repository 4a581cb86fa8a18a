"""Machines to connect to, and an empty home folder, so that nobody's own keys are offered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from host.inventory import Device
from host.transport.connect import connect
from host.transport.session import Session
from tests.devices.machines import KINDS, SSH_KINDS, Machines


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder and no SSH agent."""
    folder = tmp_path / "own home"
    (folder / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return folder


@pytest.fixture(scope="session")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """The machines of this test session."""
    with ExitStack() as stack:
        yield Machines(tmp_path_factory.mktemp("machines"), stack)


@pytest.fixture(params=SSH_KINDS)
def device(request: pytest.FixtureRequest, machines: Machines) -> Device:
    """A machine that serves SSH on loopback."""
    return machines.device(request.param)


@pytest.fixture(params=KINDS)
def session(request: pytest.FixtureRequest, machines: Machines) -> Iterator[Session]:
    """An open session, over SSH to either server or on this machine."""
    with connect(machines.device(request.param)) as opened:
        yield opened
