"""`host attach`: watch a run again."""

from __future__ import annotations

import click

from host.cli.options import json_option, target_option


@click.command()
@click.argument("run_id", metavar="RUN")
@target_option
@json_option
def command(run_id: str, target: str | None, *, as_json: bool) -> None:
    """Watch a run from the last event on that this host has; Ctrl-C detaches.

    Example: host attach demo-20260101-120000
    """
    from host.cli.steps import device_of_run, watch_run
    from host.runs.record import RunRecords

    record = RunRecords().find(run_id)
    watch_run(record, device_of_run(run_id, target), as_json=as_json)
