"""Options that several commands take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from device_agent.contract.errors import DataError
from host.analysis.comparability.names import ACCEPTABLE

if TYPE_CHECKING:
    from host.inventory import Device
    from host.studies.schema import Study

EVERY = "all"
"""What `--target` takes for every device of the inventory."""

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output."
)

target_option = click.option(
    "--target", metavar="TARGET", help="A device of the inventory, or a board family with one."
)

targets_option = click.option(
    "--target",
    "targets",
    metavar="TARGET",
    multiple=True,
    help="A device of the inventory, a board family with one, or `all`; may be repeated.",
)

study_argument = click.argument("study_file", metavar="STUDY.yaml", type=click.Path(path_type=Path))

output_option = click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="The study's workspace; default results/<study> beside the study file.",
)

bundles_argument = click.argument(
    "bundles", metavar="BUNDLE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)


accept_option = click.option(
    "--accept",
    metavar="CONDITION",
    multiple=True,
    help="Compare runs although they differ in CONDITION, and say so; may be repeated. "
    f"One of: {', '.join(ACCEPTABLE)}.",
)


def find_device(target: str | None, study: Study | None = None) -> Device:
    """Return the device that `--target`, or else the study, names.

    Raises:
        DataError: Neither names one.
        InventoryError: There is none, or more than one, of that name.
    """
    from host.inventory import Inventory, default_path

    names = (target,) if target else (study.targets if study else ())
    if not names:
        raise _no_target()
    if len(names) > 1:
        raise DataError(
            f"The study names {len(names)} targets ({', '.join(names)}), and this command takes "
            "one.",
            remedy=f"Name it: `--target {names[0]}`.",
        )
    return Inventory(default_path()).resolve(names[0])


def find_devices(targets: Sequence[str], study: Study | None = None) -> list[Device]:
    """Return the devices that `--target`, or else the study, names; each once.

    Raises:
        DataError: None is named, or two names stand for one machine.
        InventoryError: There is none, or more than one, of a name.
    """
    from host.inventory import Inventory, default_path

    names = targets or (study.targets if study else ())
    if not names:
        raise _no_target()
    inventory = Inventory(default_path())
    if EVERY in names and EVERY not in inventory.devices():
        found = list(inventory.devices().values())
        if not found:
            raise DataError(
                f"The inventory has no device, so `--target {EVERY}` means none.",
                remedy="Add one: `host devices add NAME ADDRESS`.",
            )
    else:
        found = [inventory.resolve(name) for name in names]
    devices = list({device.name: device for device in found}.values())
    _refuse_twins(devices)
    return devices


def _refuse_twins(devices: Sequence[Device]) -> None:
    """Refuse entries of one and the same agent: they would be in each other's way."""
    seen: dict[tuple[object, ...], str] = {}
    for device in devices:
        place = (device.address, device.port, device.user, device.state, device.service)
        if place in seen:
            raise DataError(
                f"{seen[place]} and {device.name} are two names for one agent.",
                remedy=f"Name one of them: `--target {device.name}`.",
            )
        seen[place] = device.name


def _no_target() -> DataError:
    return DataError(
        "No target is named.",
        remedy="Give --target DEVICE, or write `target: DEVICE` into the study file; "
        "`host devices list` shows them.",
    )
