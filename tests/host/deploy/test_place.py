"""Where the agent lies follows from the inventory, or from the device's home folder."""

from __future__ import annotations

import dataclasses

import pytest

from device_agent.contract.errors import DeviceError
from host.deploy.place import Found, choose, find, layout_of
from host.inventory import Device, local_device
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


PI = Device(name="pi5", address="pi5")


@pytest.mark.parametrize(
    ("installed", "able", "service", "root"),
    [
        (None, ("system", "user"), "system", "/var/lib/xtreme-edge"),
        (None, ("user",), "user", "/home/pi/.local/state/xtreme-edge"),
        (None, (), "process", "/home/pi/.local/state/xtreme-edge"),
        ("process", (), "process", "/home/pi/.local/state/xtreme-edge"),
        ("user", ("system",), "user", "/home/pi/.local/state/xtreme-edge"),
    ],
)
def test_service_follows_from_the_device(
    installed: str | None, able: tuple[str, ...], service: str, root: str
) -> None:
    """What is installed stays as it is; else the best that the login user may install."""
    place = choose(PI, Found("/home/pi", installed, able))
    assert (place.service, str(place.layout.root)) == (service, root)


def test_entry_decides_before_the_device() -> None:
    """`service` in the inventory is what the user wants, whatever is there."""
    user = dataclasses.replace(PI, service="user")
    assert choose(user, Found("/home/pi", None, ("system",))).service == "user"
    process = dataclasses.replace(PI, service="process")
    assert choose(process, Found("/home/pi", "system", ())).service == "process"


def test_second_agent_beside_another_kind_is_refused() -> None:
    """Two services on one board would measure each other; the first one goes first."""
    user = dataclasses.replace(PI, service="user")
    with pytest.raises(DeviceError, match="an agent already, as a system service") as caught:
        choose(user, Found("/home/pi", "system", ()))
    assert "host undeploy --target pi5" in caught.value.remedy


def test_this_machine_gets_no_service_unasked() -> None:
    """`local` stays a plain process, even where systemd and root are there."""
    assert choose(local_device(), Found("/root", None, ("system", "user"))).service == "process"


@pytest.mark.parametrize("state", ["~/edge", "/home/pi/edge", "/tmp/edge"])
def test_folder_that_a_system_service_cannot_see_rules_it_out(state: str) -> None:
    """A state folder below home makes a user service; asked for as a system one it is refused."""
    device = dataclasses.replace(PI, state=state)
    found = Found("/home/pi", None, ("system", "user"))
    assert choose(device, found).service == "user"
    with pytest.raises(DeviceError, match="cannot keep its state"):
        choose(dataclasses.replace(device, service="system"), found)


def test_login_user_without_a_home_is_told() -> None:
    """Nothing is put into a folder whose name was guessed."""
    with pytest.raises(DeviceError, match="no home folder"):
        choose(PI, Found(""))


def test_script_finds_a_process_that_is_installed(session: Session, device: Device) -> None:
    """The real script on a real machine: nothing there at first, then a release in force."""
    layout = layout_of(session, device)
    undecided = dataclasses.replace(device, service=None)
    session.run(["mkdir", "-p", str(layout.root)])
    session.run(["ln", "-s", "releases/x", str(layout.current)])
    found = find(session, undecided)
    assert (found.service, found.layout, found.reason) == ("process", layout, "as it is installed")
