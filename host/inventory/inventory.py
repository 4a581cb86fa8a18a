"""The inventory: adding, finding and removing devices; every change is on disk at once."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from host.inventory import document
from host.inventory.device import LOCAL_ADDRESS, Device, InventoryError, local_device, problem
from host.inventory.guests import guests
from host.inventory.replacing import alone

HOME_VARIABLE = "XTREME_EDGE_HOME"
VIRTUAL = "virtual-"
"""Begins the names of studies' virtual devices."""

_FILE_NAME = "devices.yaml"


def default_path() -> Path:
    """Return `$XTREME_EDGE_HOME/devices.yaml`, else the one in the user's configuration folder."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home).expanduser() / _FILE_NAME
    import platformdirs  # noqa: PLC0415 (not needed for `host --help`)

    return platformdirs.user_config_path("xtreme-edge", appauthor=False) / _FILE_NAME


class Inventory:
    """The devices of one `devices.yaml`.

    Args:
        path: The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def devices(self) -> dict[str, Device]:
        """Return all devices by name, in the order they were added."""
        return document.read(self.path)

    def show(self, name: str) -> Device:
        """Return one device by its name.

        Raises:
            InventoryError: There is none of that name.
        """
        devices = self.devices()
        if name not in devices:
            known = ", ".join(devices) or "none"
            raise InventoryError(
                f"There is no device {name!r} in {self.path}; known: {known}.",
                remedy="`host devices list` shows them, and `host devices add NAME ADDRESS` adds "
                "one.",
            )
        return devices[name]

    def add(self, device: Device, *, replace: bool = False) -> None:
        """Add a device.

        Raises:
            InventoryError: The name is taken and `replace` is not set, or a field is wrong.
        """
        for field in dataclasses.fields(device):
            value = getattr(device, field.name)
            expected = None if value is None else problem(field.name, value)
            if expected is not None:
                raise InventoryError(
                    f"Device {device.name}: {field.name} is {value!r}, expected {expected}.",
                    remedy="Correct it and run `host devices add` again.",
                )
        with alone(self.path):
            devices = self.devices()
            if device.name in devices and not replace:
                taken = devices[device.name].address
                raise InventoryError(
                    f"There is a device {device.name!r} already, at {taken}.",
                    remedy=f"Choose another name, or run `host devices remove {device.name}` "
                    "first.",
                )
            document.write(self.path, devices | {device.name: device})

    def remove(self, name: str) -> Device:
        """Remove a device and return what it was."""
        with alone(self.path):
            device = self.show(name)
            document.write(self.path, {k: v for k, v in self.devices().items() if k != name})
        return device

    def pin(self, name: str, host_key: str) -> Device:
        """Pin the host key of a device and return its new entry."""
        device = dataclasses.replace(self.show(name), host_key=host_key)
        self.add(device, replace=True)
        return device

    def resolve(self, target: str) -> Device:
        """Find what `--target` means: a device, a board family with one, `local`, or a guest.

        Raises:
            InventoryError: Nothing, or more than one device, answers to it.
        """
        devices = self.devices()
        if target in devices:
            return devices[target]
        family = [device for device in devices.values() if device.board == target]
        if len(family) == 1:
            return family[0]
        if family:
            names = ", ".join(device.name for device in family)
            raise InventoryError(
                f"Target {target!r} is a board family with {len(family)} devices: {names}.",
                remedy=f"Name one of them: `--target {family[0].name}`.",
            )
        if target == LOCAL_ADDRESS:
            return local_device()
        passing = guests(self.path)
        if target in passing:
            return passing[target]
        if target.startswith(VIRTUAL):
            raise InventoryError(
                f"{target} is the virtual device of a study, which is there while its `host study "
                "run` is.",
                remedy="Run that command again; it goes on with what it has begun.",
            )
        known = ", ".join(devices) or "none"
        raise InventoryError(
            f"Target {target!r} is neither a device nor the board family of one; known: {known}.",
            remedy="Run `host devices list`, or add it with `host devices add NAME ADDRESS`.",
        )
