"""`host cancel`: end a run."""

from __future__ import annotations

import click
import msgspec

from device_agent.contract.runspec import TERMINAL_STATES
from host.cli.console import json_data, talk
from host.cli.options import json_option, target_option
from host.runs.ending import state_text


@click.command()
@click.argument("run_id", metavar="RUN")
@target_option
@json_option
def command(run_id: str, target: str | None, *, as_json: bool) -> None:
    """End a run on its device; what it has measured is kept and can be collected.

    A run that has ended already stays as it is.

    Example: host cancel demo-20260101-120000
    """
    from host.cli.steps import device_of_run
    from host.runs.reach import reach

    with reach(device_of_run(run_id, target)) as agent:
        status = agent.cancel(run_id)
    if as_json:
        json_data(msgspec.to_builtins(status))
    elif status.state in TERMINAL_STATES:
        talk(f"{run_id} has ended: {state_text(status.state, status.reason)}.")
        talk(f"`host collect {run_id}` fetches what there is.")
    else:
        talk(
            f"{run_id}: asked to end. `host attach {run_id}` shows when it has; then "
            f"`host collect {run_id}` fetches what there is."
        )
