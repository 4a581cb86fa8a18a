"""`host run`: submit a study's run and watch it, on one target or on several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from host.cli.console import megabytes, talk
from host.cli.options import (
    find_devices,
    json_option,
    output_option,
    study_argument,
    targets_option,
)

if TYPE_CHECKING:
    from host.cli.lanes import Lane
    from host.inventory import Device
    from host.runs.prepare import StudyContent
    from host.runs.record import RunRecord
    from host.runs.start import Started
    from host.studies.schema import Study
    from host.workspace import Workspace

_SUSTAINED_MINUTES = 30


@click.command()
@study_argument
@targets_option
@output_option
@click.option(
    "--until-decided",
    is_flag=True,
    help="Go on until latency is decided, as `until-decided: true` in the study does.",
)
@click.option(
    "--budget",
    metavar="MINUTES",
    type=click.IntRange(min=1),
    help="With --until-decided: start no round once the timed work has taken so long.",
)
@click.option(
    "--sustained",
    is_flag=True,
    help="After the rounds, work half an hour without a pause: minute 1 against minute 30.",
)
@click.option("--detach", is_flag=True, help="Submit, and do not wait for the end.")
@json_option
def command(
    study_file: Path,
    targets: tuple[str, ...],
    output: Path | None,
    budget: int | None,
    *,
    until_decided: bool,
    sustained: bool,
    detach: bool,
    as_json: bool,
) -> None:
    """Ship what the run needs, submit it and watch it; Ctrl-C detaches, the run goes on.

    The study's artifacts must be exported and the agent deployed before. With --detach, exit code 1
    says that no agent serves on the device, so that the run would wait for one.

    Several targets run side by side, each with a run id and a bundle of its own; one that fails
    does not stop the others, and the exit code is then 1.

    With --until-decided the device looks after every round and ends at a verdict; its intervals
    hold at all looks, and are about half as wide again for that.

    With --sustained all variants then take turns for half an hour, or as long as
    `sustained-minutes` in the study says, and the report shows what heat does to them.

    Example: host run study.yaml --target pi5
    """
    from host.studies.load import load_study
    from host.workspace import Workspace

    if budget is not None and not until_decided:
        raise click.UsageError("--budget goes with --until-decided.")
    study = load_study(study_file)
    if until_decided:
        study = study.until_decided(budget)
    if sustained:
        study = study.sustained(_SUSTAINED_MINUTES)
    devices = find_devices(targets, study)
    workspace = Workspace(output) if output else Workspace.beside(study_file, study.name)
    starter = _Starter(study, workspace)
    if len(devices) == 1:
        _run_on_one(starter, devices[0], detach=detach, as_json=as_json)
    else:
        _run_side_by_side(starter, devices, detach=detach, as_json=as_json)


@dataclass
class _Starter:
    """Starts runs of one study.

    Attributes:
        submitted: Those that may be on a device by now.
    """

    study: Study
    workspace: Workspace
    content: StudyContent | None = None
    submitted: list[RunRecord] = field(default_factory=list)

    def start(self, device: Device, lane: Lane) -> Started:
        """Ship and submit."""
        from host.runs.start import start_run

        started = start_run(
            self.study,
            self.workspace,
            device,
            progress=lane.sent,
            submitting=self.submitted.append,
            tell=lane.say,
            content=self.content,
        )
        lane.say(
            f"{started.record.run_id}: {started.sent_blobs} blobs sent "
            f"({megabytes(started.sent_bytes)}), submitted to {device.name}."
        )
        return started


def _run_on_one(starter: _Starter, device: Device, *, detach: bool, as_json: bool) -> None:
    from host.cli.lanes import Lanes
    from host.cli.steps import say_submitted, watch_run

    try:
        with Lanes([device.name]) as lanes:
            started = starter.start(device, lanes[device.name])
    except KeyboardInterrupt:
        _tell_submitted(starter)
        raise
    if detach:
        say_submitted(started, as_json=as_json)
    else:
        watch_run(started.record, device, as_json=as_json)


def _run_side_by_side(
    starter: _Starter, devices: Sequence[Device], *, detach: bool, as_json: bool
) -> None:
    from host.cli.run_lane import RunLane
    from host.cli.steps import finished_row, queued_row, require_serving
    from host.cli.targets import conclude, on_each
    from host.runs.prepare import study_content
    from host.runs.to_end import follow_to_end

    # Once for all: two threads that pack the same data would be in each other's way.
    starter.content = study_content(starter.study, starter.workspace, talk)

    def run(device: Device, lane: Lane) -> Started:
        lane.show("connecting")
        started = starter.start(device, lane)
        if detach:
            require_serving(started)
        else:
            follow_to_end(started.record, device, RunLane(started.spec, lane))
        lane.show("done")
        return started

    def row(name: str, started: Started) -> object:
        del name
        return queued_row(started) if detach else finished_row(started.record)

    def line(name: str, started: Started) -> str:
        verb = "attach" if detach else "collect"
        return f"{name}: next `host {verb} {started.record.run_id}`"

    try:
        outcomes = on_each(devices, run)
    except KeyboardInterrupt:
        _tell_submitted(starter)
        raise
    conclude(outcomes, row, line, as_json=as_json)


def _tell_submitted(starter: _Starter) -> None:
    for record in starter.submitted:
        talk(
            f"{record.run_id} was being submitted and may be on {record.device}: "
            f"`host attach {record.run_id}` shows it, `host cancel {record.run_id}` ends it."
        )
