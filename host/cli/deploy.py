"""`host deploy`: bring the agent, and a study's content, to a device."""

from __future__ import annotations

from pathlib import Path

import click

from host.cli.console import data, json_data, megabytes, talk
from host.cli.options import find_device, json_option, output_option, target_option


@click.command()
@click.argument(
    "study_file", metavar="[STUDY.yaml]", required=False, type=click.Path(path_type=Path)
)
@target_option
@output_option
@click.option(
    "--user", "as_user", is_flag=True, help="As a service of the login user: without root."
)
@click.option("--dry-run", is_flag=True, help="Show what would be done; change nothing.")
@click.option("--break-lock", is_flag=True, help="Take the deploy lock whoever holds it.")
@json_option
def command(
    study_file: Path | None,
    target: str | None,
    output: Path | None,
    *,
    as_user: bool,
    dry_run: bool,
    break_lock: bool,
    as_json: bool,
) -> None:
    """Ship the agent and start it; with a study, its artifacts and data too.

    What the device has already is not sent again, an upload that was cut goes on where it was,
    and a release that does not get healthy is rolled back.

    Where systemd is there, the agent becomes a system service (through sudo, with a user of its
    own), or a service of the login user where there is no sudo without a password.

    Example: host deploy study.yaml --target pi5
    """
    import dataclasses

    from host.deploy.content import Blob
    from host.deploy.deploy import deploy, plan_deploy
    from host.runs.prepare import study_content
    from host.studies.load import load_study
    from host.transport.connect import connect
    from host.workspace import Workspace

    study = load_study(study_file) if study_file else None
    device = find_device(target, study)
    if as_user:
        device = dataclasses.replace(device, service="user")
    blobs: tuple[Blob, ...] = ()
    if study is not None:
        workspace = Workspace(output) if output else Workspace.beside(study.path, study.name)
        blobs = study_content(study, workspace).blobs
    with connect(device) as session:
        if dry_run:
            plan = plan_deploy(session, device, blobs)
            if as_json:
                json_data(
                    {
                        "release": plan.release.id,
                        "service": plan.service,
                        "steps": [str(s) for s in plan.steps],
                    }
                )
            else:
                data(plan.describe())
            return
        result = deploy(
            session,
            device,
            blobs,
            why=f"host deploy {study_file or ''}".strip(),
            break_lock=break_lock,
            on_step=lambda step: talk(f"{device.name}: {step}"),
        )
    for note in result.notes:
        talk(f"{device.name}: {note}")
    if as_json:
        json_data(
            {
                "device": device.name,
                "release": result.release,
                "previous": result.previous,
                "service": result.service,
                "sent_blobs": result.sent_blobs,
                "sent_bytes": result.sent_bytes,
                "reused_blobs": result.reused_blobs,
            }
        )
        return
    talk(
        f"{device.name} serves release {result.release}: {result.sent_blobs} blobs sent "
        f"({megabytes(result.sent_bytes)}), {result.reused_blobs} were there."
    )
