"""One command on one target or on several: side by side, a summary and an exit code for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from device_agent.contract.errors import XtremeEdgeError
from host.cli.console import json_data, talk
from host.cli.lanes import Lane, Lanes
from host.inventory import Device
from host.runs.side_by_side import Outcome, side_by_side

T = TypeVar("T")


def on_each(devices: Sequence[Device], job: Callable[[Device, Lane], T]) -> dict[str, Outcome[T]]:
    """Do a job for each device and return what became of it, by the device's name.

    With one device the job's own error is raised, as by any command.
    """
    return in_lanes({device.name: _bound(job, device) for device in devices})


def in_lanes(
    jobs: Mapping[str, Callable[[Lane], T]], *, raises: bool = True
) -> dict[str, Outcome[T]]:
    """Do named jobs, each with a lane of its own.

    Args:
        jobs: By name.
        raises: With one job, let its error be raised.
    """
    with Lanes(list(jobs)) as lanes:
        if len(jobs) == 1 and raises:
            (only,) = jobs
            return {only: Outcome(value=jobs[only](lanes[only]))}
        return side_by_side(
            {name: _with_lane(job, lanes[name]) for name, job in jobs.items()}, stop=lanes.stop
        )


def conclude(
    outcomes: Mapping[str, Outcome[T]],
    row: Callable[[str, T], Any],
    line: Callable[[str, T], str],
    *,
    as_json: bool,
    by_name: bool | None = None,
) -> None:
    """Print what became of each job; exit with 1 where one failed.

    Args:
        outcomes: By name.
        row: A name and value as JSON.
        line: A name and value as a line for people.
        as_json: Print JSON on standard output.
        by_name: Whether the JSON object has a row by name; None says so of several, and of one job
            it is the row.
    """
    is_several = len(outcomes) > 1
    rows: dict[str, Any] = {}
    lines: list[str] = []
    failed = 0
    for name, outcome in outcomes.items():
        if outcome.error is not None:
            failed += 1
            rows[name] = error_row(outcome.error)
            lines.append(f"{name}: FAILED: {without_name(name, str(outcome.error))}")
        elif outcome.value is not None:
            rows[name] = row(name, outcome.value)
            lines.append(line(name, outcome.value))
    if as_json:
        has_names = is_several if by_name is None else by_name
        json_data(rows if has_names else next(iter(rows.values())))
    if is_several:
        talk(f"{len(outcomes) - failed} of {len(outcomes)} done:")
    if is_several or not as_json:
        for told in lines:
            talk(f"{'  ' * is_several}{told}")
    if failed:
        click.get_current_context().exit(1)


def error_row(error: XtremeEdgeError) -> dict[str, str]:
    """Return an error as JSON."""
    return {"error": error.message, "remedy": error.remedy}


def without_name(name: str, text: str) -> str:
    """Return an error's text without the name of the device, which most errors begin with."""
    return text.removeprefix(f"{name}: ")


def _bound(job: Callable[[Device, Lane], T], device: Device) -> Callable[[Lane], T]:
    return lambda lane: job(device, lane)


def _with_lane(job: Callable[[Lane], T], lane: Lane) -> Callable[[], T]:
    return lambda: job(lane)
