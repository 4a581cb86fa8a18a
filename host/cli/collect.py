"""`host collect`: fetch a sealed run and verify it."""

from __future__ import annotations

from pathlib import Path

import click

from host.cli.console import data, json_data, talk
from host.cli.options import json_option, target_option


@click.command()
@click.argument("run_id", metavar="RUN")
@target_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="The bundle's folder; default bundles/RUN in the study's workspace.",
)
@json_option
def command(run_id: str, target: str | None, output: Path | None, *, as_json: bool) -> None:
    """Fetch the sealed bundle of an ended run; it is kept only if it verifies.

    Example: host collect demo-20260101-120000
    """
    from host.cli.steps import device_of_run
    from host.runs.collect import collect
    from host.runs.reach import reach
    from host.runs.record import RunRecords

    folder = output or RunRecords().find(run_id).place.bundle(run_id)
    with reach(device_of_run(run_id, target)) as agent:
        collected = collect(agent, run_id, folder)
    if as_json:
        json_data({"run_id": run_id, "bundle": str(collected)})
    else:
        data(str(collected))
        talk(f"Verified. Next: `host compare {collected}`.")
