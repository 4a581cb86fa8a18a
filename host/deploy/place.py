"""Where the agent lies on a device, and who keeps it running there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from device_agent.contract.errors import DeviceError
from device_agent.layout import DEFAULT_STATE, SYSTEM_STATE, Layout
from host.deploy.remote_script import run_script
from host.deploy.unit import UNIT_NAME
from host.inventory.device import Device
from host.transport.session import Session

Service = Literal["system", "user", "process"]

# $1 the named state folder or "", $2 the default one below home, $3 the unit's name. What it costs
# most to know (rights) is asked only where nothing is installed yet.
SCRIPT = r"""
say() { printf '%s\t%s\n' "$1" "$2"; }
say home "$HOME"
case $1 in "") state=$HOME/$2 ;; "~/"*) state=$HOME/${1#??} ;; *) state=$1 ;; esac
if [ -f "/etc/systemd/system/$3" ]; then
  say installed system
elif [ -f "${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user/$3" ]; then
  say installed user
elif [ -L "$state/current" ]; then
  say installed process
elif [ -d /run/systemd/system ]; then
  if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then say able system; fi
  export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
  if systemctl --user show-environment >/dev/null 2>&1; then say able user; fi
fi
say end ""
"""
_CALLED = {"system": "a system service", "user": "a user service", "process": "a process"}
# A system service does not see these: its unit hides them, or they go at a reboot.
_HIDDEN = ("/home", "/root", "/run", "/tmp", "/var/tmp")  # noqa: S108 (names, not used)


@dataclass(frozen=True)
class Found:
    """What the device says of itself.

    Attributes:
        home: The login user's; "" where it has none.
        installed: The kind of agent that is there already, if one is.
        able: The kinds of service that the login user may install.
    """

    home: str
    installed: str | None = None
    able: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where the agent lies, and as what it runs.

    Attributes:
        reason: Why it runs so, for people.
    """

    layout: Layout
    service: Service
    reason: str


def layout_of(session: Session, device: Device) -> Layout:
    """Return where the agent lies on a device; asks it where it is needed. Raises as `find`."""
    return find(session, device).layout


def find(session: Session, device: Device) -> Place:
    """Return the device's place: as its entry says, else as it is installed, else as it can be.

    Raises:
        DeviceError: The device does not say where its user's home is, has an agent of another
            kind, or the entry asks for a system service in a folder that one cannot use.
    """
    return choose(device, _ask(session, device))


def choose(device: Device, found: Found) -> Place:
    """Decide; pure. Raises as `find`."""
    service, reason = _service(device, found)
    state = device.state or (str(SYSTEM_STATE) if service == "system" else f"~/{DEFAULT_STATE}")
    if service == "system" and _is_hidden(state):
        raise DeviceError(
            f"{device.name}: a system service cannot keep its state in {state}.",
            remedy=f"Leave `state` out of the device's entry (then it is {SYSTEM_STATE}), or write "
            "`service: user` into it.",
        )
    if not state.startswith("~"):
        return Place(Layout(PurePosixPath(state)), service, reason)
    if not found.home.startswith("/"):
        raise DeviceError(
            f"{device.name}: the login user has no home folder ($HOME is {found.home!r}).",
            remedy=f"Give {device.name} an absolute `state` folder in the inventory.",
        )
    root = PurePosixPath(found.home) / state.removeprefix("~").lstrip("/")
    return Place(Layout(root), service, reason)


def _service(device: Device, found: Found) -> tuple[Service, str]:
    if device.service is not None:
        if device.service != "process" and found.installed not in (None, device.service):
            raise DeviceError(
                f"{device.name} has an agent already, as {_CALLED[found.installed]}; a second one "
                "would measure what the first one does.",
                remedy=f"Remove it first: write `service: {found.installed}` into the device's "
                f"entry and run `host undeploy --target {device.name}`.",
            )
        return device.service, "as the device's entry says"
    if device.is_local:
        return "process", "this machine gets no service unless the device's entry asks for one"
    kinds: tuple[Service, ...] = ("system", "user", "process")
    for kind in kinds:
        if kind == found.installed:
            return kind, "as it is installed"
    if "system" in found.able and not (device.state and _is_hidden(device.state)):
        return "system", "systemd is there, and sudo needs no password"
    if "user" in found.able:
        return "user", "systemd is there, and root is not"
    return "process", "no systemd is there"


def _is_hidden(state: str) -> bool:
    path = PurePosixPath(state)
    return state.startswith("~") or any(path.is_relative_to(folder) for folder in _HIDDEN)


def _ask(session: Session, device: Device) -> Found:
    is_process = device.service == "process" or (device.service is None and device.is_local)
    if is_process and (device.state or "~").startswith("/"):
        return Found(home="")
    answer = run_script(
        session,
        SCRIPT,
        device.state or "",
        DEFAULT_STATE,
        UNIT_NAME,
        doing="tell where the agent lies",
    )
    said = [line.partition("\t") for line in answer.splitlines()]

    def values(key: str) -> tuple[str, ...]:
        return tuple(value for name, _, value in said if name == key and value)

    installed = values("installed")
    homes = values("home")
    return Found(
        home=homes[-1] if homes else "",
        installed=installed[0] if installed else None,
        able=values("able"),
    )
