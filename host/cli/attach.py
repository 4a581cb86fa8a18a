"""`host attach`: watch runs again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from host.cli.console import talk
from host.cli.options import json_option, target_option

if TYPE_CHECKING:
    from host.cli.lanes import Lane
    from host.inventory import Device
    from host.runs.record import RunRecord


@click.command()
@click.argument("run_ids", metavar="RUN...", nargs=-1, required=True)
@target_option
@json_option
def command(run_ids: tuple[str, ...], target: str | None, *, as_json: bool) -> None:
    """Watch a run from the last event on that this host has; Ctrl-C detaches.

    Several runs are watched side by side.

    Example: host attach demo-20260101-120000
    """
    from host.cli.steps import device_of_run, finished_row, watch_run
    from host.cli.targets import conclude, in_lanes
    from host.runs.record import RunRecords

    records = {run_id: RunRecords().find(run_id) for run_id in run_ids}
    if len(records) == 1:
        (record,) = records.values()
        watch_run(record, device_of_run(record.run_id, target), as_json=as_json)
        return
    if target is not None:
        raise click.UsageError("--target is for one RUN.")
    jobs = {
        run_id: partial(_watch, record, device_of_run(run_id, None))
        for run_id, record in records.items()
    }
    try:
        outcomes = in_lanes(jobs)
    except KeyboardInterrupt:
        talk("Detached; the runs go on.")
        raise
    conclude(
        outcomes,
        lambda _, record: finished_row(record),
        lambda name, _: f"{name}: next `host collect {name}`",
        as_json=as_json,
    )


def _watch(record: RunRecord, device: Device, lane: Lane) -> RunRecord:
    from host.cli.run_lane import RunLane
    from host.runs.start import read_spec
    from host.runs.to_end import follow_to_end

    lane.show("connecting")
    follow_to_end(record, device, RunLane(read_spec(record), lane))
    lane.show("finished")
    return record
