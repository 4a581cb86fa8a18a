"""Room on the device, as the host asks for it before anything is sent."""

from __future__ import annotations

import dataclasses

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.contract.room import Room, Usage
from device_agent.layout import Layout
from host.deploy import audit
from host.deploy.present import Present
from host.deploy.room import make_room, room_text, with_room
from host.inventory import Device, Inventory, InventoryError
from host.transport.connect import connect

USAGE = Usage(used_bytes=10, free_bytes=50, quota_bytes=100)


def test_a_device_without_an_agent_has_nothing_to_evict(layout: Layout) -> None:
    """What is coming is held against the quota all the same."""
    device = Device(name="here", address="local", quota="1 MB")
    with connect(device) as session:
        assert make_room(session, layout, device, coming_bytes=900_000) is None
        with pytest.raises(DeviceError, match=r"2\.0 MB are to be sent, and its quota is 1\.0 MB"):
            make_room(session, layout, device, coming_bytes=2_000_000)


def test_what_went_is_told_and_counted() -> None:
    """A deploy says what it evicted, and plans with the room that it has now."""
    room = Room(usage=USAGE, runs=("r-1",), blobs=2, freed_bytes=3_000_000)
    assert room_text(room) == (
        "made room for what is coming: evicted collected runs r-1 and 2 blobs that nothing names "
        "any more (3.0 MB)"
    )
    assert room_text(Room(usage=USAGE)) is None
    assert room_text(None) is None
    assert with_room(Present(frozenset(), {}, 7), room).free_bytes == 3_000_007
    assert with_room(Present(frozenset(), {}, 7), None).free_bytes == 7


@pytest.mark.parametrize(
    ("text", "size_bytes"), [("4GB", 4 * 10**9), ("1.5 GiB", 3 << 29), ("500MB", 500 * 10**6)]
)
def test_a_quota_is_a_size(text: str, size_bytes: int) -> None:
    """In the units that disks are sold in, or in binary ones."""
    assert Device(name="pi5", address="pi5", quota=text).quota_bytes == size_bytes


@pytest.mark.parametrize("text", ["4", "four GB", "-1GB", "4 kB", "1e3MB", ""])
def test_what_is_no_size_is_refused(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """With what was expected."""
    inventory = Inventory(tmp_path_factory.mktemp("home") / "devices.yaml")
    with pytest.raises(InventoryError, match="expected a size such as 4GB"):
        inventory.add(Device(name="pi5", address="pi5", quota=text))


def test_the_log_can_be_read(layout: Layout) -> None:
    """Its last lines, oldest first; a device where nothing was done has none."""
    device = dataclasses.replace(Device(name="here", address="local"), state=str(layout.root))
    with connect(device) as session:
        assert audit.latest(session, layout) == ()
        session.run(["mkdir", "-p", str(layout.root)])
        for number in range(3):
            audit.record(session, layout, "deploy", number=number)
        found = audit.latest(session, layout, 2)
    assert [line.rpartition(" ")[2] for line in found] == ["number=1", "number=2"]
