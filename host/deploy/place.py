"""Where the agent lies on a device."""

from __future__ import annotations

from pathlib import PurePosixPath

from device_agent.contract.errors import DeviceError
from device_agent.layout import DEFAULT_STATE, Layout
from host.inventory.device import Device
from host.transport.session import Session


def layout_of(session: Session, device: Device) -> Layout:
    """Return the device's layout: the inventory's state folder, else the default one.

    Asks the device for its home folder where it is needed.

    Raises:
        DeviceError: The device does not say where its user's home is.
    """
    state = device.state or f"~/{DEFAULT_STATE}"
    if not state.startswith("~"):
        return Layout(PurePosixPath(state))
    home = session.run(["sh", "-c", 'printf %s "$HOME"']).stdout.decode()
    if not home.startswith("/"):
        raise DeviceError(
            f"{device.name}: the login user has no home folder ($HOME is {home!r}).",
            remedy=f"Give {device.name} an absolute `state` folder in the inventory.",
        )
    return Layout(PurePosixPath(home) / state.removeprefix("~").lstrip("/"))
