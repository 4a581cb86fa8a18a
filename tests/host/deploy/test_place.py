"""Where the agent lies follows from the inventory, or from the device's home folder."""

from __future__ import annotations

import dataclasses

import pytest

from host.deploy.place import layout_of
from host.inventory import Device
from host.transport.session import Session


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, "{home}/.local/state/xtreme-edge"),
        ("~/edge", "{home}/edge"),
        ("/var/lib/x y", "/var/lib/x y"),
    ],
)
def test_state_folder(session: Session, device: Device, state: str | None, expected: str) -> None:
    """Absolute paths are taken as they are, others lie below the device's home."""
    home = session.run(["sh", "-c", "echo $HOME"]).stdout.decode().strip()
    layout = layout_of(session, dataclasses.replace(device, state=state))
    assert str(layout.root) == expected.format(home=home)
