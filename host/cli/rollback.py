"""`host rollback`: put the agent's release before this one back into force."""

from __future__ import annotations

import click

from host.cli.console import json_data, talk
from host.cli.options import find_device, json_option, target_option


@click.command()
@target_option
@click.option("--break-lock", is_flag=True, help="Take the deploy lock whoever holds it.")
@json_option
def command(target: str | None, *, break_lock: bool, as_json: bool) -> None:
    """Go back to the agent's release before the one in force, and check that it is well.

    Artifacts, data and runs stay; a run that is under way goes on with the other release. If that
    release is not well, the one in force stays. A second rollback goes forward again.

    Example: host rollback --target pi5
    """
    from host.deploy.rollback import roll_back
    from host.transport.connect import connect

    device = find_device(target)
    with connect(device) as session:
        result = roll_back(session, device, break_lock=break_lock)
    if as_json:
        json_data(
            {"device": device.name, "release": result.release, "previous": result.previous},
        )
    else:
        talk(f"{device.name} serves release {result.release} again; {result.previous} is kept.")
