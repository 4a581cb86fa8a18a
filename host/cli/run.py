"""`host run`: submit a study's run and watch it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from host.cli.console import megabytes, talk
from host.cli.options import find_device, json_option, output_option, study_argument, target_option

if TYPE_CHECKING:
    from host.runs.record import RunRecord


@click.command()
@study_argument
@target_option
@output_option
@click.option("--detach", is_flag=True, help="Submit, and do not wait for the end.")
@json_option
def command(
    study_file: Path, target: str | None, output: Path | None, *, detach: bool, as_json: bool
) -> None:
    """Ship what the run needs, submit it and watch it; Ctrl-C detaches, the run goes on.

    The study's artifacts must be exported and the agent deployed before. With --detach, exit code 1
    says that no agent serves on the device, so that the run would wait for one.

    Example: host run study.yaml --target pi5
    """
    from host.cli.steps import say_submitted, watch_run
    from host.runs.start import start_run
    from host.studies.load import load_study
    from host.workspace import Workspace

    study = load_study(study_file)
    device = find_device(target, study)
    workspace = Workspace(output) if output else Workspace.beside(study_file, study.name)
    submitted: list[RunRecord] = []
    try:
        started = start_run(study, workspace, device, submitting=submitted.append, tell=talk)
    except KeyboardInterrupt:
        for record in submitted:
            talk(
                f"{record.run_id} was being submitted and may be on {device.name}: "
                f"`host attach {record.run_id}` shows it, `host cancel {record.run_id}` ends it."
            )
        raise
    talk(
        f"{started.record.run_id}: {started.sent_blobs} blobs sent "
        f"({megabytes(started.sent_bytes)}), submitted to {device.name}."
    )
    if detach:
        say_submitted(started, as_json=as_json)
    else:
        watch_run(started.record, device, as_json=as_json)
