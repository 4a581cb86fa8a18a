"""`host resume`: take up a run that failed or was cancelled."""

from __future__ import annotations

import click

from host.cli.console import talk
from host.cli.options import json_option, target_option


@click.command()
@click.argument("run_id", metavar="RUN")
@target_option
@json_option
def command(run_id: str, target: str | None, *, as_json: bool) -> None:
    """Take up a failed or cancelled run where it ended; finished samples are not run again.

    Example: host resume demo-pi5-20260101-120000
    """
    from host.cli.steps import device_of_run, watch_run
    from host.runs.reach import reach
    from host.runs.record import RunRecords
    from host.runs.start import read_spec

    record = RunRecords().find(run_id)
    device = device_of_run(run_id, target)
    with reach(device) as agent:
        status = agent.submit(read_spec(record))
    if status.state == "finished":
        talk(f"{run_id} had finished before: nothing of it is left to do.")
    watch_run(record, device, as_json=as_json)
