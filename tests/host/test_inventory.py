"""The inventory keeps devices, finds targets, and tells every mistake with its line."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.inventory import BOARD_FAMILIES, Device, Inventory, InventoryError, default_path
from host.inventory.document import read, write

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO3N6opmYsiAupWsPRrPFr2mSi8hmhj8wxDlammj2/B8"
PI = Device(
    name="pi5",
    address="raspberrypi.local",
    port=2222,
    user="pi",
    key="~/.ssh/id_pi",
    board="rpi5",
    python="/usr/bin/python3",
    state="~/edge",
    service="user",
    threads=4,
    host_key=KEY,
)
ORIN = Device(name="orin", address="10.0.0.8", board="jetson")


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    """An empty inventory in a folder that does not exist yet."""
    return Inventory(tmp_path / "new folder" / "devices.yaml")


def test_devices_are_kept(inventory: Inventory) -> None:
    """What is added is there for the next reader, every field of it, in order."""
    inventory.add(PI)
    inventory.add(ORIN)
    assert list(Inventory(inventory.path).devices().values()) == [PI, ORIN]
    assert inventory.show("pi5") == PI


def test_devices_added_at_the_same_time_are_all_kept(inventory: Inventory) -> None:
    """Two commands that change the file at once lose nothing of each other."""
    names = [f"board-{number}" for number in range(16)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: inventory.add(Device(name=name, address="h")), names))
    assert sorted(inventory.devices()) == sorted(names)


def test_removed_device_is_gone(inventory: Inventory) -> None:
    """Removing returns the entry and leaves the others."""
    inventory.add(PI)
    inventory.add(ORIN)
    assert inventory.remove("pi5") == PI
    assert list(inventory.devices()) == ["orin"]


def test_name_is_not_taken_twice(inventory: Inventory) -> None:
    """A second device of a name is refused, unless it is to replace the first."""
    inventory.add(PI)
    with pytest.raises(InventoryError, match="already, at raspberrypi"):
        inventory.add(Device(name="pi5", address="elsewhere"))
    inventory.add(Device(name="pi5", address="elsewhere"), replace=True)
    assert inventory.show("pi5").address == "elsewhere"


def test_host_key_is_pinned(inventory: Inventory) -> None:
    """Pinning changes the key alone."""
    inventory.add(ORIN)
    pinned = inventory.pin("orin", KEY)
    assert pinned.host_key == KEY
    assert inventory.show("orin") == pinned


def test_unknown_device_is_told(inventory: Inventory) -> None:
    """An unknown name is told with those that are known."""
    inventory.add(PI)
    with pytest.raises(InventoryError, match="known: pi5") as caught:
        inventory.show("pi4")
    assert "host devices list" in caught.value.remedy


def test_target_is_a_device_or_its_family(inventory: Inventory) -> None:
    """A name and a board family with one device both lead to it."""
    inventory.add(PI)
    inventory.add(ORIN)
    assert inventory.resolve("pi5") == PI
    assert inventory.resolve("jetson") == ORIN


def test_family_of_two_is_ambiguous(inventory: Inventory) -> None:
    """A board family with two devices lists them instead of choosing."""
    inventory.add(ORIN)
    inventory.add(Device(name="nano", address="10.0.0.9", board="jetson"))
    with pytest.raises(InventoryError, match="2 devices: orin, nano"):
        inventory.resolve("jetson")


def test_local_needs_no_entry(inventory: Inventory) -> None:
    """`local` is this machine, unless the inventory says otherwise."""
    assert inventory.resolve("local").is_local
    named = Device(name="local", address="10.0.0.9")
    inventory.add(named)
    assert inventory.resolve("local") == named


def test_unknown_target_is_told(inventory: Inventory) -> None:
    """A target that is nothing is told, with the way to add it."""
    with pytest.raises(InventoryError, match="neither a device nor") as caught:
        inventory.resolve("rpi5")
    assert "host devices add" in caught.value.remedy


MISTAKES = {
    "port: many": "3: device pi: port is 'many', expected a whole number from 1 to 65535",
    "port: 0": "3: device pi: port is 0, expected",
    "port: [1]": "3: device pi: port is ['1'], expected",
    "service: root": "3: device pi: service is 'root', expected one of system, user, process",
    "board: rpi9": "3: device pi: board is 'rpi9', expected one of",
    "python: python3": "3: device pi: python is 'python3', expected an absolute path",
    "colour: red": "3: device pi: unknown key 'colour', expected address, port",
    "host_key: ssh-ed25519 xyz": "3: device pi: host_key is 'ssh-ed25519 xyz', expected a public",
    "threads: -1": "3: device pi: threads is '-1', expected",
    "user: -oProxyCommand=evil": "3: device pi: user is '-oProxyCommand=evil', expected",
    "state:": "3: device pi: state is None, expected",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_mistake_is_told_with_its_line(tmp_path: Path, line: str) -> None:
    """A wrong field is told with file, line, what was found and what was expected."""
    path = tmp_path / "devices.yaml"
    path.write_text(f"devices:\n  pi: {{address: pi.local,\n   {line}}}\n")
    with pytest.raises(InventoryError) as caught:
        read(path)
    assert f"{path}:{MISTAKES[line]}" in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("devices:\n  pi:\n    user: pi\n", ":2: device pi: 'address' is missing"),
        ("devices:\n  'p i': {address: x}\n", ":2: device name is 'p i', expected letters"),
        ("devices: [a]\n", ":1: devices is ['a'], expected keys with values"),
        ("things: {}\n", ":1: unknown key 'things', expected 'devices'"),
        ("- a\n", ":1: the file is ['a'], expected keys with values"),
        ("devices:\n  pi: x\n", ":2: pi is 'x', expected keys with values"),
        ("devices: {a: b", "not YAML"),
        ("devices:\n  a: {address: x}\n  a: {address: y}\n", ":3: "),
    ],
)
def test_broken_file_is_told(tmp_path: Path, text: str, message: str) -> None:
    """A file of another shape is told, not half read."""
    path = tmp_path / "devices.yaml"
    path.write_text(text)
    with pytest.raises(InventoryError) as caught:
        read(path)
    assert message in caught.value.message


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "devices:\n", "devices: {}\n"])
def test_empty_file_has_no_devices(tmp_path: Path, text: str) -> None:
    """A file without devices is not a mistake."""
    path = tmp_path / "devices.yaml"
    path.write_text(text)
    assert read(path) == {}


def test_wrong_device_is_not_written(inventory: Inventory) -> None:
    """A field that the file would refuse is refused before it gets there."""
    with pytest.raises(InventoryError, match="address is '-x', expected"):
        inventory.add(Device(name="pi", address="-x"))
    assert not inventory.path.exists()


def test_unreadable_file_is_told(tmp_path: Path) -> None:
    """A path that is no file is an error with a remedy."""
    with pytest.raises(InventoryError, match="cannot be read"):
        read(tmp_path)


def test_unwritable_folder_is_told(tmp_path: Path) -> None:
    """A folder that cannot be made is an error with a remedy."""
    (tmp_path / "file").touch()
    with pytest.raises(InventoryError, match="cannot be written") as caught:
        write(tmp_path / "file" / "devices.yaml", {"pi5": PI})
    assert "$XTREME_EDGE_HOME" in caught.value.remedy


def test_failed_write_keeps_the_old_file(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails in the middle leaves the file as it was, and nothing beside it."""
    inventory.add(PI)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InventoryError, match="No space left"):
        inventory.add(ORIN)
    assert inventory.devices() == {"pi5": PI}
    beside = {path.name for path in inventory.path.parent.iterdir()}
    assert beside == {"devices.yaml", ".devices.yaml.lock"}


def test_place_follows_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """$XTREME_EDGE_HOME decides, else the user's configuration folder."""
    monkeypatch.setenv("XTREME_EDGE_HOME", str(tmp_path))
    assert default_path() == tmp_path / "devices.yaml"
    monkeypatch.delenv("XTREME_EDGE_HOME")
    assert default_path().parts[-2:] == ("xtreme-edge", "devices.yaml")


words = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20
)


@given(
    st.builds(
        Device,
        name=words,
        address=words,
        port=st.none() | st.integers(1, 65535),
        user=st.none() | words,
        key=st.none() | texts,
        board=st.none() | st.sampled_from(BOARD_FAMILIES),
        python=st.none() | texts.map("/{}".format),
        state=st.none() | texts.map("~/{}".format),
        threads=st.none() | st.integers(1, 512),
    )
)
def test_every_device_survives_the_file(
    tmp_path_factory: pytest.TempPathFactory, device: Device
) -> None:
    """Whatever may be added reads back as it was, however odd its texts are as YAML."""
    inventory = Inventory(tmp_path_factory.mktemp("inventory") / "devices.yaml")
    inventory.add(device)
    assert inventory.devices() == {device.name: device}
