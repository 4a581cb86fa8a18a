"""Machines to deploy to, each test with a state folder of its own and no agent left behind."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

import pytest

from device_agent.digest import digest_bytes
from device_agent.layout import Layout
from host.demo.virtual_device.launch import stop_agent
from host.deploy.content import Blob
from host.inventory import Device
from host.transport.connect import connect
from host.transport.session import Session
from tests.devices.machines import Machines

MakeBlob = Callable[[bytes], Blob]


@pytest.fixture(scope="session")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """The machines of this test session."""
    with ExitStack() as stack:
        yield Machines(tmp_path_factory.mktemp("machines"), stack)


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder that is not the user's."""
    folder = tmp_path_factory.getbasetemp() / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def inventory_of_its_own(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An inventory without pinned keys: each test's device has a state folder of its own."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XTREME_EDGE_HOME", str(folder))
    return folder


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """The state folder of this test; a space in its name must not matter."""
    return Layout(PurePosixPath(tmp_path / "the state"))


@pytest.fixture
def device(machines: Machines, layout: Layout) -> Iterator[Device]:
    """A virtual device with the tests' own interpreter."""
    yield dataclasses.replace(
        machines.device("virtual"), state=str(layout.root), python=sys.executable
    )
    stop_agent(layout)


@pytest.fixture
def session(device: Device) -> Iterator[Session]:
    """An open session with the device."""
    with connect(device) as opened:
        yield opened


@pytest.fixture
def make_blob(tmp_path: Path) -> MakeBlob:
    """Writes bytes to a file and describes it as a blob."""

    def make(data: bytes) -> Blob:
        digest = digest_bytes(data)
        path = tmp_path / f"blob-{digest[:12]}"
        path.write_bytes(data)
        return Blob.of(digest, path)

    return make


@pytest.fixture
def make_python(tmp_path: Path) -> Callable[[str, str], str]:
    """Makes an interpreter that runs a line of shell first, and returns its path."""

    def make(name: str, first: str) -> str:
        path = tmp_path / name
        path.write_text(f'#!/bin/sh\n{first}\nexec {sys.executable} "$@"\n')
        path.chmod(0o755)
        return str(path)

    return make
