"""`host undeploy`: remove the agent from a device."""

from __future__ import annotations

import click

from host.cli.console import json_data, talk
from host.cli.options import find_device, json_option, target_option


@click.command()
@target_option
@click.option("--keep-results", is_flag=True, help="Leave the runs on the device.")
@click.option("--discard", is_flag=True, help="Remove runs that were not collected.")
@click.option("--break-lock", is_flag=True, help="Take the deploy lock whoever holds it.")
@json_option
def command(
    target: str | None, *, keep_results: bool, discard: bool, break_lock: bool, as_json: bool
) -> None:
    """Stop the agent and remove all that is its: service, user, state folder, audit log.

    Refused where a run's bundle was not collected to this host, unless --keep-results or
    --discard says what to do. What the system's journal has logged stays.

    Example: host undeploy --target pi5
    """
    from host.deploy.undeploy import undeploy
    from host.runs.collected import is_collected
    from host.transport.connect import connect

    if keep_results and discard:
        raise click.UsageError("--keep-results and --discard contradict each other.")
    device = find_device(target)
    with connect(device) as session:
        result = undeploy(
            session,
            device,
            is_collected=is_collected,
            keep_results=keep_results,
            discard=discard,
            break_lock=break_lock,
        )
    if as_json:
        json_data({"device": device.name, "removed": list(result.removed)})
    elif result.removed:
        talk(f"{device.name}: removed {'; '.join(result.removed)}.")
    else:
        talk(f"{device.name}: no agent was there.")
