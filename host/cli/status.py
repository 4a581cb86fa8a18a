"""`host status`: agents and their runs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from device_agent.contract.errors import XtremeEdgeError
from device_agent.contract.room import Usage
from device_agent.contract.status import AgentStatus, RunStatus
from host.cli.console import data, json_data, megabytes, talk
from host.cli.options import find_devices, json_option, targets_option
from host.runs.ending import state_text

if TYPE_CHECKING:
    from host.inventory import Device


@click.command()
@targets_option
@click.option("--log", is_flag=True, help="Also who deployed, rolled back and evicted there last.")
@json_option
def command(targets: tuple[str, ...], *, log: bool, as_json: bool) -> None:
    """Show what the devices are doing; without --target, all of the inventory.

    This machine (`local`) is shown too where an agent was deployed on it. A device that cannot be
    reached does not hide the others; the exit code is then 1. Nor does a damaged run: it is listed
    with its reason.

    An agent serves until `host undeploy --target TARGET` stops and removes it; with
    --keep-results, its runs stay.

    Example: host status --target pi5
    """
    from host.agent import Agent
    from host.deploy import audit
    from host.deploy.place import layout_of
    from host.runs.side_by_side import side_by_side
    from host.transport.connect import connect

    devices = find_devices(targets) if targets else all_devices()
    if not devices:
        talk("No devices yet: `host devices add NAME ADDRESS`, or `host deploy --target local`.")

    logs: dict[str, tuple[str, ...]] = {}

    def ask(device: Device) -> AgentStatus:
        with connect(device) as session:
            layout = layout_of(session, device)
            if log:
                logs[device.name] = audit.latest(session, layout)
            return Agent(session, layout, device.name).status()

    outcomes = side_by_side({device.name: partial(ask, device) for device in devices})
    found = {name: outcome.value or outcome.error for name, outcome in outcomes.items()}
    if as_json:
        json_data({name: _row(status, logs.get(name)) for name, status in found.items()})
    else:
        for name, status in found.items():
            _show(name, status)
            for line in logs.get(name, ()):
                data(f"  log: {line}")
    if any(isinstance(status, XtremeEdgeError) for status in found.values()):
        click.get_current_context().exit(1)


def all_devices() -> list[Device]:
    """Return the inventory, the guests, and this machine where it has an agent without an entry."""
    from device_agent.layout import DEFAULT_STATE
    from host.inventory import LOCAL_ADDRESS, Inventory, default_path, guests, local_device

    devices = {**guests(default_path()), **Inventory(default_path()).devices()}
    has_entry = LOCAL_ADDRESS in devices or any(
        device.is_local and device.state is None and device.service != "system"
        for device in devices.values()
    )
    if not has_entry and (Path.home() / DEFAULT_STATE / "current").is_symlink():
        return [*devices.values(), local_device()]
    return list(devices.values())


def _row(status: AgentStatus | XtremeEdgeError | None, log: tuple[str, ...] | None) -> object:
    if isinstance(status, XtremeEdgeError):
        return {"error": status.message, "remedy": status.remedy}
    row = msgspec.to_builtins(status)
    return row if log is None else {**row, "log": list(log)}


def _show(name: str, status: AgentStatus | XtremeEdgeError | None) -> None:
    if status is None:
        return
    if isinstance(status, XtremeEdgeError):
        # Most errors name the device themselves.
        told = str(status)
        talk(told if told.startswith((f"{name}:", f"{name} ")) else f"{name}: {told}")
        return
    serving = f"serving, release {status.release}" if status.serving else "NOT serving"
    data(f"{name}: agent {status.agent_version}, {serving}")
    usage = status.usage
    collected = usage.collected if usage else ()
    if usage is not None:
        data(f"  {usage_line(usage)}")
    for run in status.runs:
        data(f"  {run_line(run)}{'  collected' * (run.run_id in collected)}")
    for unreadable in status.unreadable:
        data(f"  {unreadable.run_id}  {unreadable.reason}")
        talk(f"    remedy: {unreadable.remedy}")
    if not status.runs and not status.unreadable:
        data("  no runs")


def usage_line(usage: Usage) -> str:
    """Return how full the agent's folder is, as a line."""
    share = usage.used_bytes / max(usage.quota_bytes, 1)
    return (
        f"disk: {megabytes(usage.used_bytes)} of {megabytes(usage.quota_bytes)} used "
        f"({share:.0%}), {megabytes(usage.free_bytes)} free"
    )


def run_line(run: RunStatus) -> str:
    """Return one run as a line: its state, with the reason, and how far it is."""
    parts = [f"{run.run_id}  {state_text(run.state, run.reason)}"]
    if run.samples_planned:
        parts.append(f"{run.samples_done}/{run.samples_planned} samples")
    if run.rounds_planned:
        parts.append(f"{run.rounds_done}/{run.rounds_planned} rounds")
    return "  ".join(parts)
