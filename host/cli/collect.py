"""`host collect`: fetch sealed runs and verify them, side by side where there are several."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from host.cli.console import data, talk
from host.cli.options import find_devices, json_option, targets_option

if TYPE_CHECKING:
    from host.cli.lanes import Lane
    from host.inventory import Device
    from host.runs.side_by_side import Outcome


@click.command()
@click.argument("run_ids", metavar="[RUN]...", nargs=-1)
@targets_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="The bundle's folder, for one run; default bundles/RUN in the study's workspace.",
)
@json_option
def command(
    run_ids: tuple[str, ...], targets: tuple[str, ...], output: Path | None, *, as_json: bool
) -> None:
    """Fetch the sealed bundles of ended runs; each is kept only if it verifies.

    Without a RUN, all that have ended on the targets, were started from here and are not here yet.
    Once a bundle is here, the device may evict its copy when its quota is reached.

    \b
    Examples:
      host collect demo-20260101-120000
      host collect --target pi5 --target jetson
    """
    from host.cli.targets import conclude, in_lanes

    if not run_ids and not targets:
        raise click.UsageError("Name a RUN, or with --target the devices to fetch all from.")
    if output is not None and len(run_ids) != 1:
        raise click.UsageError("--output is for one RUN.")
    if run_ids and len(targets) > 1:
        raise click.UsageError("A RUN is on one device: name no more than one --target with it.")
    failed: dict[str, Outcome[Path]] = {}
    if run_ids:
        jobs = _named(run_ids, targets, output)
    else:
        jobs, failed = _waiting(find_devices(targets))
    if not jobs and not failed:
        talk("Nothing to fetch: no run has ended there that is not here.")
    done = in_lanes(jobs, raises=bool(run_ids)) if jobs else {}
    outcomes = {**failed, **done}
    for outcome in outcomes.values():
        if outcome.value is not None and not as_json:
            data(str(outcome.value))
    by_name = None if run_ids else True
    conclude(outcomes, _row, _line, as_json=as_json, by_name=by_name)


def _named(
    run_ids: tuple[str, ...], targets: tuple[str, ...], output: Path | None
) -> dict[str, Callable[[Lane], Path]]:
    from host.cli.steps import device_of_run
    from host.runs.record import RunRecords

    target = targets[0] if targets else None
    return {
        run_id: partial(
            _fetch,
            device_of_run(run_id, target),
            run_id,
            output or RunRecords().find(run_id).place.bundle(run_id),
        )
        for run_id in run_ids
    }


def _waiting(
    devices: list[Device],
) -> tuple[dict[str, Callable[[Lane], Path]], dict[str, Outcome[Path]]]:
    """Return a job for each run that is to be fetched, and the devices that cannot be asked."""
    from host.runs.reach import reach
    from host.runs.record import RunRecords
    from host.runs.side_by_side import Outcome, side_by_side
    from host.runs.waiting import waiting_runs

    def ask(device: Device) -> list[str]:
        with reach(device) as agent:
            return waiting_runs(agent.status())

    jobs: dict[str, Callable[[Lane], Path]] = {}
    failed: dict[str, Outcome[Path]] = {}
    asked = side_by_side({device.name: partial(ask, device) for device in devices})
    for device in devices:
        outcome = asked[device.name]
        if outcome.error is not None:
            failed[device.name] = Outcome(error=outcome.error)
        for run_id in outcome.value or ():
            folder = RunRecords().find(run_id).place.bundle(run_id)
            jobs[run_id] = partial(_fetch, device, run_id, folder)
    return jobs, failed


def _fetch(device: Device, run_id: str, folder: Path, lane: Lane) -> Path:
    from host.runs.collect import collect
    from host.runs.reach import reach

    lane.show(f"fetching from {device.name}")
    with reach(device) as agent:
        return collect(agent, run_id, folder)


def _row(name: str, bundle: Path) -> dict[str, str]:
    return {"run_id": name, "bundle": str(bundle)}


def _line(name: str, bundle: Path) -> str:
    return f"{name}: verified. Next: `host compare {bundle}`."
