"""`host watch`: what every device does, live in the terminal."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from device_agent.contract.errors import RunError
from host.cli.console import data, talk
from host.cli.options import find_devices, targets_option

if TYPE_CHECKING:
    from host.inventory import Device
    from host.watch.state import DeviceState
    from host.watch.watcher import Watcher

SCHEMA = "watch/1.0"
_SETTLE_S = 20.0
_REFRESH_PER_S = 4
_LINES_EVERY_S = 5.0
_JSON_EVERY_S = 1.0
_FOOT = "Ctrl-C ends the view; the runs go on."


@click.command()
@click.argument("run_id", metavar="[RUN]", required=False)
@targets_option
@click.option("--once", is_flag=True, help="Print what there is now, and end.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print a JSON document a line: a device that has changed, at most once a second.",
)
def command(run_id: str | None, targets: tuple[str, ...], *, once: bool, as_json: bool) -> None:
    """Show what the devices do, live: runs, progress, latency, rounds, temperature, clock, memory.

    Without --target, all of the inventory, and this machine where it has an agent. A device that
    cannot be reached is shown as such, is tried again, and stops no other. With RUN, its device
    alone, until the run has ended.

    Ctrl-C ends the view; the runs go on. With --once, exit code 1 says that a device or its agent
    was not reached; with RUN alone, that the run has failed or was cancelled.

    \b
    Examples:
      host watch
      host watch --target pi5 --once
    """
    from host.watch.watcher import Watcher

    devices = watched_devices(run_id, targets)
    if not devices:
        talk("No devices yet: `host devices add NAME ADDRESS`, or `host deploy --target local`.")
        return
    try:
        with Watcher(devices, run_id=run_id) as watcher:
            if once:
                _show_once(watcher, as_json=as_json)
            elif as_json:
                _print_changes(watcher, run_id)
            elif sys.stdout.isatty():
                _draw(watcher, run_id)
            else:
                _print_lines(watcher, run_id)
    except KeyboardInterrupt:
        talk("No longer watched; the runs go on.")
        raise


def watched_devices(run_id: str | None, targets: Sequence[str]) -> list[Device]:
    """Return the run's device, or those that `--target` names, or all."""
    from host.cli.status import all_devices
    from host.cli.steps import device_of_run

    if run_id is not None:
        if len(targets) > 1:
            raise click.UsageError("With RUN there is one --target.")
        return [device_of_run(run_id, targets[0] if targets else None)]
    return find_devices(targets) if targets else all_devices()


def _show_once(watcher: Watcher, *, as_json: bool) -> None:
    from rich.console import Console

    from host.watch.terminal import Picture

    watcher.settle(_SETTLE_S)
    devices = watcher.seen().devices
    if as_json:
        for device in devices:
            _print_json(device)
    else:
        Console(highlight=False).print(Picture(devices))
    if any(device.link != "connected" or device.link_reason for device in devices):
        click.get_current_context().exit(1)


def _draw(watcher: Watcher, run_id: str | None) -> None:
    from rich.console import Console

    from host.cli.live_display import LiveDisplay
    from host.watch.terminal import Picture

    def picture() -> Picture:
        return Picture(watcher.seen().devices, _FOOT, full_screen=True)

    console = Console(highlight=False)
    display = LiveDisplay(
        console, refresh_per_second=_REFRESH_PER_S, picture=picture, full_screen=True
    )
    with display:
        while not _is_over(watcher.seen().devices, run_id):
            time.sleep(1 / _REFRESH_PER_S)
    # The full screen is gone with its picture: the last one stays to be read.
    devices = watcher.seen().devices
    console.print(Picture(devices))
    _exit_as_run(devices, run_id)


def _print_lines(watcher: Watcher, run_id: str | None) -> None:
    """Print a line for each device whenever it has changed."""
    from host.watch.words import summary

    told: dict[str, str] = {}
    while True:
        devices = watcher.seen().devices
        for device in devices:
            line = summary(device)
            if told.get(device.name) != line:
                told[device.name] = line
                data(line)
        sys.stdout.flush()
        if _is_over(devices, run_id):
            break
        time.sleep(_LINES_EVERY_S)
    _exit_as_run(devices, run_id)


def _print_changes(watcher: Watcher, run_id: str | None) -> None:
    """Print a device as JSON whenever it has changed, or is not heard any more."""
    told: dict[str, tuple[int, str]] = {}
    while True:
        seen = watcher.seen()
        for device, version in zip(seen.devices, seen.changed, strict=True):
            now = (version, device.link)
            if told.get(device.name) != now:
                told[device.name] = now
                _print_json(device)
        if _is_over(seen.devices, run_id):
            break
        time.sleep(_JSON_EVERY_S)
    _exit_as_run(seen.devices, run_id)


def _print_json(device: DeviceState) -> None:
    document = {"schema": SCHEMA, **dataclasses.asdict(device)}
    data(json.dumps(document, sort_keys=True))
    sys.stdout.flush()


def _is_over(devices: Sequence[DeviceState], run_id: str | None) -> bool:
    """Say whether the run that was asked for has ended.

    Raises:
        RunError: It is not on its device any more.
    """
    if run_id is None:
        return False
    for device in devices:
        there = {run.run_id for run in device.live} | {run.run_id for run in device.others}
        # The agent has been asked, and lists what it has.
        if device.link == "connected" and device.serving is not None and run_id not in there:
            raise RunError(
                f"Run {run_id} is not on {device.name} any more: it was evicted, or removed.",
                remedy="`host compare` and `host report` take its bundle, if it was collected.",
            )
    return _phase(devices, run_id) in ("finished", "failed", "cancelled")


def _exit_as_run(devices: Sequence[DeviceState], run_id: str | None) -> None:
    if run_id is not None and _phase(devices, run_id) != "finished":
        click.get_current_context().exit(1)


def _phase(devices: Sequence[DeviceState], run_id: str) -> str | None:
    live = (run for device in devices for run in device.live)
    return next((run.phase for run in live if run.run_id == run_id and run.is_current), None)
