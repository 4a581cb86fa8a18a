"""Devices that are there for a while, such as a study's virtual one: known while it runs."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from device_agent.alive import is_alive
from host.inventory import document
from host.inventory.device import Device, InventoryError

_FOLDER = "guests"


@contextlib.contextmanager
def announced(inventory: Path, device: Device) -> Iterator[None]:
    """Let other commands of this user find the device inside the block.

    Args:
        inventory: The inventory's file, beside which the entry lies.
        device: With a name that no other device has.
    """
    path = inventory.parent / _FOLDER / f"{device.name}.{os.getpid()}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    document.write(path, {device.name: device})
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def guests(inventory: Path) -> dict[str, Device]:
    """Return the devices that are announced by commands which still run."""
    found: dict[str, Device] = {}
    for path in sorted((inventory.parent / _FOLDER).glob("*.yaml")):
        process = path.stem.rpartition(".")[2]
        if not re.fullmatch("[1-9][0-9]{0,8}", process) or not is_alive(int(process)):
            # Its command was killed; another user's file may stay, and is no device here.
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            continue
        with contextlib.suppress(InventoryError, OSError):
            found |= document.read(path)
    return found
