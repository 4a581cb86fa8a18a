"""Machines to look at, each test with a state folder of its own and no agent left behind."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from host.inventory import Device
from tests.devices.machines import Machines


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
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An inventory without pinned keys: each test's device has a state folder of its own."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XTREME_EDGE_HOME", str(folder))
    return folder


@pytest.fixture
def machine(machines: Machines, tmp_path: Path) -> Callable[[str], Device]:
    """Returns a machine's entry, with a state folder that is not there yet."""

    def make(kind: str) -> Device:
        return dataclasses.replace(machines.device(kind), state=str(tmp_path / "the state"))

    return make


@pytest.fixture
def copy_of_tree(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Copies a board's tree, so that a test may let something happen to the board."""
    trees = Path(__file__).parents[2] / "device_agent/boards/trees"

    def copy(name: str) -> Path:
        return Path(shutil.copytree(trees / name, tmp_path_factory.mktemp("tree") / name))

    return copy
