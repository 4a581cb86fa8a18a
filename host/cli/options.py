"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from device_agent.contract.errors import DataError

if TYPE_CHECKING:
    from host.inventory import Device
    from host.studies.schema import Study

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output."
)

target_option = click.option(
    "--target", metavar="TARGET", help="A device of the inventory, or a board family with one."
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


def find_device(target: str | None, study: Study | None = None) -> Device:
    """Return the device that `--target`, or else the study, names.

    Raises:
        DataError: Neither names one.
        InventoryError: There is none, or more than one, of that name.
    """
    from host.inventory import Inventory, default_path

    name = target or (study.target if study else None)
    if name is None:
        raise DataError(
            "No target is named.",
            remedy="Give --target DEVICE, or write `target: DEVICE` into the study file; "
            "`host devices list` shows them.",
        )
    return Inventory(default_path()).resolve(name)
