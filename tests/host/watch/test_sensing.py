"""The sensors as a device's agent reads them for the view, over recorded trees."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath

import pytest

from device_agent.layout import Layout
from host.transport.local import LocalSession
from host.transport.session import CommandFailed
from host.watch.sensing import Reading, readings
from tests.conftest import ROOT

TREES = ROOT / "tests" / "device_agent" / "boards" / "trees"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A release that uses an interpreter that is there."""
    layout = Layout(PurePosixPath(tmp_path))
    release = Path(layout.current)
    (release / "site").mkdir(parents=True)
    (release / "site" / "device_agent").symlink_to(ROOT / "device_agent")
    return layout


def first(layout: Layout, root: Path, python: str = sys.executable) -> Reading:
    stream = readings(LocalSession("here"), layout, "here", python, str(root))
    return next(iter(stream))


def test_a_board_is_read_by_the_agents_own_sensors(layout: Layout) -> None:
    """A Pi 5: no firmware bits, an alarm of the supply, a temperature and a clock."""
    found = first(layout, TREES / "pi5")
    assert found.board == "rpi5"
    assert found.temperature_celsius is not None
    assert found.clock_ratio is not None
    assert (found.throttled, found.limits_now) == (False, None)
    assert found.memory_bytes is not None
    assert found.available_memory_bytes is not None
    assert found.available_memory_bytes < found.memory_bytes


def test_a_machine_without_sensors_has_no_values(layout: Layout, tmp_path: Path) -> None:
    """None, never 0."""
    found = first(layout, tmp_path)
    assert found.temperature_celsius is None
    assert found.clock_ratio is None
    assert found.throttled is None
    assert found.available_memory_bytes is None


def test_an_agent_that_lacks_them_says_so(layout: Layout, tmp_path: Path) -> None:
    """There is no release, or its interpreter is gone."""
    with pytest.raises(CommandFailed):
        first(Layout(PurePosixPath(tmp_path / "none")), tmp_path)
    with pytest.raises(CommandFailed):
        first(layout, tmp_path, python="/no/python")
