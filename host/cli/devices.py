"""`host devices`: the inventory."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from host.cli.console import data, json_data, talk
from host.cli.options import json_option
from host.inventory import (
    BOARD_FAMILIES,
    LOCAL_ADDRESS,
    SERVICES,
    Device,
    Inventory,
    InventoryError,
    Signers,
    default_path,
    local_device,
)

if TYPE_CHECKING:
    from device_agent.contract.sshsig import PublicKey


@click.group()
def command() -> None:
    """Add, list, show, trust and remove devices; accept the keys that they sign bundles with.

    Example: host devices add pi5 pi@raspberrypi.local --board rpi5
    """


@command.command()
@click.argument("name")
@click.argument("address", metavar="[USER@]ADDRESS")
@click.option("--port", type=click.IntRange(1, 65535), help="SSH port.")
@click.option(
    "--key",
    # Whole: the entry is read from whatever folder later commands are called in.
    type=click.Path(exists=True, dir_okay=False, resolve_path=True),
    help="Private key file; without it, as ssh finds one.",
)
@click.option("--board", type=click.Choice(BOARD_FAMILIES), help="Board family, for --target.")
@click.option("--python", help="An interpreter on the device that has the agent's dependencies.")
@click.option("--state", help="The agent's state folder on the device.")
@click.option(
    "--service",
    type=click.Choice(SERVICES),
    help="As what the agent runs; without it, as the device allows.",
)
@click.option("--threads", type=click.IntRange(1), help="Threads for inference.")
@click.option("--quota", help="The most that the agent may keep there, such as 4GB.")
@click.option("--fingerprint", help="The host key's SHA256:… as you read it on the device.")
@click.option("--replace", is_flag=True, help="Replace an entry of that name.")
@json_option
def add(
    name: str,
    address: str,
    *,
    fingerprint: str | None,
    replace: bool,
    as_json: bool,
    **fields: object,
) -> None:
    """Add a device and pin its host key.

    The key must be one that you have a reason to trust: `ssh` to the device once, so that
    ~/.ssh/known_hosts has it, or give --fingerprint. The address `local` is this machine.

    Example: host devices add pi5 pi@raspberrypi.local --board rpi5
    """
    from host.transport.trust import trusted_host_key

    user, _, host = address.rpartition("@")
    device = Device(name=name, address=host, user=user or None, **fields)  # type: ignore[arg-type]
    key = None
    if not device.is_local:
        # First: an entry that cannot be reached safely would only fail later, with less to say.
        key = trusted_host_key(device, fingerprint=fingerprint)
        device = dataclasses.replace(device, host_key=key.text)
    Inventory(default_path()).add(device, replace=replace)
    if key is not None:
        talk(f"{name}: host key {key.fingerprint} is pinned.")
    _show(device, as_json=as_json)


@command.command()
@click.argument("name")
@click.option("--fingerprint", help="The host key's SHA256:… as you read it on the device.")
@json_option
def trust(name: str, fingerprint: str | None, *, as_json: bool) -> None:
    """Pin a device's host key anew, after you have compared it.

    Example: host devices trust pi5 --fingerprint SHA256:…
    """
    from host.transport.trust import trusted_host_key

    inventory = Inventory(default_path())
    key = trusted_host_key(inventory.show(name), fingerprint=fingerprint)
    pinned = inventory.pin(name, key.text)
    talk(f"{name}: host key {key.fingerprint} is pinned.")
    _show(pinned, as_json=as_json)


@command.command()
@click.argument("name")
@click.option("--key", "text", help="Somebody else's device: its public key, 'ssh-ed25519 AAAA…'.")
@click.option("--fingerprint", help="Only if the key is this SHA256:…, as read on the device.")
@json_option
def accept(name: str, text: str | None, fingerprint: str | None, *, as_json: bool) -> None:
    """Accept the key that a device signs its bundles with, in the place of the one before.

    `host deploy` pins a device's first key by itself. Another one is refused until it is accepted
    here: compare it with `ssh-keygen -lf signing.pub` in the agent's state folder on the device.
    What the key before has signed still verifies.

    \b
    Examples:
      host devices accept pi5
      host devices accept anna-pi4 --key 'ssh-ed25519 AAAA…'
    """
    from device_agent.contract.sshsig import PublicKey

    key = PublicKey.parse(text) if text else _asked(name)
    if fingerprint is not None and key.fingerprint != fingerprint.strip():
        raise InventoryError(
            f"{name} signs its bundles with {key.fingerprint}, expected {fingerprint.strip()}.",
            remedy="Read the fingerprint on the device again: `ssh-keygen -lf signing.pub` in the "
            "agent's state folder.",
        )
    Signers().accept(name, key)
    if as_json:
        json_data({"name": name, "bundle_key": key.text, "fingerprint": key.fingerprint})
    else:
        talk(f"{name}: bundles signed by {key.fingerprint} are accepted.")


@command.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the devices.

    Example: host devices list
    """
    devices = Inventory(default_path()).devices()
    if as_json:
        json_data({name: dataclasses.asdict(device) for name, device in devices.items()})
        return
    if not devices:
        talk("No devices yet: `host devices add NAME ADDRESS`; `local` needs no entry.")
    for name, device in devices.items():
        data(f"{name:<16} {device.address:<28} {device.board or '-'}")


@command.command()
@click.argument("name")
@json_option
def show(name: str, *, as_json: bool) -> None:
    """Show one device.

    Example: host devices show pi5
    """
    inventory = Inventory(default_path())
    known = name in inventory.devices() or name != LOCAL_ADDRESS
    _show(inventory.show(name) if known else local_device(), as_json=as_json)


@command.command()
@click.argument("name")
@json_option
def remove(name: str, *, as_json: bool) -> None:
    """Forget a device; nothing on it changes.

    Example: host devices remove pi5
    """
    device = Inventory(default_path()).remove(name)
    if as_json:
        json_data(dataclasses.asdict(device))
    else:
        talk(f"{name} is forgotten; what was deployed on it stays.")


def _asked(name: str) -> PublicKey:
    from host.runs.reach import reach

    with reach(Inventory(default_path()).resolve(name)) as agent:
        return agent.bundle_key()


def _show(device: Device, *, as_json: bool) -> None:
    key = Signers().current(device.name)
    if as_json:
        json_data(dataclasses.asdict(device) | {"bundle_key": key.text if key else None})
        return
    for field, value in dataclasses.asdict(device).items():
        if value is not None:
            data(f"{field:<10} {value}")
        elif field == "service" and not device.is_local:
            data(f"{field:<10} as the device allows (`host deploy --dry-run` tells)")
    if key is not None:
        data(f"{'bundle_key':<10} {key.fingerprint}")
