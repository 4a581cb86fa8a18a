"""Devices that are there for a while are found while they are, and by their names alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from host.inventory import Device, Inventory, InventoryError, announced, guests

GUEST = Device(name="virtual-1a2b3c4d", address="127.0.0.1", port=4022, user="me")


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    return Inventory(tmp_path / "devices.yaml")


def test_a_guest_is_found_while_it_is_there(inventory: Inventory) -> None:
    """And is no entry of the inventory."""
    with announced(inventory.path, GUEST):
        assert inventory.resolve(GUEST.name) == GUEST
        assert inventory.devices() == {}
    assert guests(inventory.path) == {}


def test_a_study_s_device_that_is_gone_is_not_to_be_added(inventory: Inventory) -> None:
    """The remedy is the command that makes it."""
    with pytest.raises(InventoryError, match="there while its `host study run` is"):
        inventory.resolve(GUEST.name)


def test_what_a_killed_command_announced_is_forgotten(inventory: Inventory) -> None:
    """Its file is left, and its process is gone."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with announced(inventory.path, GUEST):
        (own,) = (inventory.path.parent / "guests").iterdir()
        own.rename(own.with_name(f"{GUEST.name}.{ended.pid}.yaml"))
        assert guests(inventory.path) == {}
    assert list((inventory.path.parent / "guests").iterdir()) == []


@pytest.mark.parametrize("name", ["x.0.yaml", "x.\u00b23.yaml", "x.99999999999999999999.yaml"])
def test_names_that_no_process_has_are_no_guests(inventory: Inventory, name: str) -> None:
    """Nor does a folder in a file's place stop anybody."""
    folder = inventory.path.parent / "guests"
    folder.mkdir()
    (folder / name).write_text("")
    (folder / "bad.4194303.yaml").mkdir()
    assert guests(inventory.path) == {}
