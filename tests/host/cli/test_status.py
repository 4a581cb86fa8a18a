"""Which devices `host status` looks at, and how it tells of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.status import RunStatus
from device_agent.layout import DEFAULT_STATE
from host.cli.status import all_devices, run_line
from host.inventory import Device, Inventory


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inventory:
    """An empty inventory, and a home folder without an agent."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XTREME_EDGE_HOME", str(tmp_path / "home"))
    return Inventory(tmp_path / "home" / "devices.yaml")


def deploy_here(home: Path) -> None:
    state = home / DEFAULT_STATE
    state.mkdir(parents=True)
    (state / "current").symlink_to("releases/1")


def names() -> list[str]:
    return [device.name for device in all_devices()]


def test_this_machine_is_shown_where_it_has_an_agent(inventory: Inventory, tmp_path: Path) -> None:
    """It needs no entry, so the inventory alone would hide it and its runs."""
    assert names() == []
    deploy_here(tmp_path)
    inventory.add(Device(name="pi5", address="pi5.lan"))
    assert names() == ["pi5", "local"]


def test_this_machine_is_shown_once(inventory: Inventory, tmp_path: Path) -> None:
    """An entry for the same agent stands for it; one with another state folder does not."""
    deploy_here(tmp_path)
    inventory.add(Device(name="other", address="local", state="/srv/agent"))
    assert names() == ["other", "local"]
    inventory.add(Device(name="here", address="local"))
    assert sorted(names()) == ["here", "other"]


def test_a_runs_reason_repeats_no_state() -> None:
    """The reason of a cancelled run says that it was cancelled."""
    run = RunStatus(
        run_id="r",
        study="s",
        state="cancelled",
        reason="cancelled by the user",
        seq=3,
        samples_done=4,
        samples_planned=9,
        rounds_done=0,
        rounds_planned=0,
        bundle=None,
    )
    assert run_line(run) == "r  cancelled by the user  4/9 samples"
