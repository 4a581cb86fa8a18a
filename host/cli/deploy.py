"""`host deploy`: bring the agent, and a study's content, to a device."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from host.cli.console import data, megabytes
from host.cli.options import find_devices, json_option, output_option, targets_option

if TYPE_CHECKING:
    from host.cli.lanes import Lane
    from host.deploy.deploy import DeployResult
    from host.deploy.plan import Plan, Step
    from host.inventory import Device
    from host.runs.side_by_side import Outcome


@click.command()
@click.argument(
    "study_file", metavar="[STUDY.yaml]", required=False, type=click.Path(path_type=Path)
)
@targets_option
@output_option
@click.option(
    "--user", "as_user", is_flag=True, help="As a service of the login user: without root."
)
@click.option("--dry-run", is_flag=True, help="Show what would be done; change nothing.")
@click.option("--break-lock", is_flag=True, help="Take the deploy lock whoever holds it.")
@json_option
def command(
    study_file: Path | None,
    targets: tuple[str, ...],
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

    Several targets are served side by side; one that fails does not stop the others, and the exit
    code is then 1.

    Example: host deploy study.yaml --target pi5
    """
    import dataclasses

    from host.cli.targets import conclude, on_each
    from host.deploy.content import Blob
    from host.deploy.deploy import deploy, plan_deploy
    from host.runs.prepare import study_content
    from host.studies.load import load_study
    from host.transport.connect import connect
    from host.workspace import Workspace

    study = load_study(study_file) if study_file else None
    devices = find_devices(targets, study)
    if as_user:
        devices = [dataclasses.replace(device, service="user") for device in devices]
    blobs: tuple[Blob, ...] = ()
    if study is not None:
        workspace = Workspace(output) if output else Workspace.beside(study.path, study.name)
        blobs = study_content(study, workspace).blobs
    if dry_run:

        def plan(device: Device, lane: Lane) -> Plan:
            lane.show("asking the device")
            with connect(device) as session:
                return plan_deploy(session, device, blobs)

        _show_plans(on_each(devices, plan), as_json=as_json)
        return

    def apply(device: Device, lane: Lane) -> DeployResult:
        lane.show("connecting")

        def begin(step: Step) -> None:
            lane.say(str(step))
            lane.show(str(step))

        with connect(device) as session:
            result = deploy(
                session,
                device,
                blobs,
                why=f"host deploy {study_file or ''}".strip(),
                break_lock=break_lock,
                progress=lane.sent,
                on_step=begin,
                tell=lane.say,
            )
        for note in result.notes:
            lane.say(note)
        lane.show("done")
        return result

    conclude(on_each(devices, apply), _row, _line, as_json=as_json)


def _show_plans(outcomes: dict[str, Outcome[Plan]], *, as_json: bool) -> None:
    from host.cli.targets import conclude

    for name, outcome in outcomes.items():
        if outcome.value is not None and not as_json:
            data("".join([f"{name}:\n" * (len(outcomes) > 1), outcome.value.describe()]))
    if as_json or any(outcome.error for outcome in outcomes.values()):
        conclude(outcomes, _plan_row, lambda name, _: f"{name}: see above.", as_json=as_json)


def _plan_row(name: str, plan: Plan) -> dict[str, object]:
    del name
    return {
        "release": plan.release.id,
        "service": plan.service,
        "steps": [str(step) for step in plan.steps],
    }


def _row(name: str, result: DeployResult) -> dict[str, object]:
    return {
        "device": name,
        "release": result.release,
        "previous": result.previous,
        "service": result.service,
        "sent_blobs": result.sent_blobs,
        "sent_bytes": result.sent_bytes,
        "reused_blobs": result.reused_blobs,
    }


def _line(name: str, result: DeployResult) -> str:
    return (
        f"{name} serves release {result.release}: {result.sent_blobs} blobs sent "
        f"({megabytes(result.sent_bytes)}), {result.reused_blobs} were there."
    )
