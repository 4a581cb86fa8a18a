"""What several commands do with a run: find its device, watch it to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from device_agent.contract.errors import DeviceError
from host.cli.console import json_data, talk
from host.cli.options import find_device
from host.inventory import Device
from host.runs.record import RunRecord

if TYPE_CHECKING:
    from host.runs.start import Started


def device_of_run(run_id: str, target: str | None) -> Device:
    """Return the device that a run went to; `--target` overrides what is remembered."""
    from host.runs.record import RunRecords

    return find_device(target or RunRecords().find(run_id).device)


def say_submitted(started: Started, *, as_json: bool) -> None:
    """Tell what to do with a run that goes on by itself.

    Raises:
        DeviceError: No agent serves, so it would not; whoever waits for it must not go on.
    """
    if as_json:
        json_data(queued_row(started))
    require_serving(started)
    if not as_json:
        talk(f"It goes on by itself: `host attach {started.record.run_id}`.")


def queued_row(started: Started) -> dict[str, object]:
    """Return a run that was submitted as JSON."""
    return {
        "run_id": started.record.run_id,
        "device": started.record.device,
        "state": "queued",
        "serving": started.serving,
    }


def require_serving(started: Started) -> None:
    """Return where an agent serves that takes the run up. Raises as `say_submitted`."""
    record = started.record
    if not started.serving:
        raise DeviceError(
            f"Run {record.run_id} is queued on {record.device}, but no agent serves there, so "
            "nobody takes it up.",
            remedy=f"Start the agent with `host deploy --target {record.device}`; then the run "
            f"begins, and `host attach {record.run_id}` shows it.",
        )


def watch_run(record: RunRecord, device: Device, *, as_json: bool) -> None:
    """Show a run until it ends.

    Raises:
        RunError: It failed or was cancelled.
        TransportError: No contact for ten minutes; the run goes on.
    """
    try:
        from host.cli.live import RunView
        from host.runs.start import read_spec
        from host.runs.to_end import follow_to_end

        with RunView(read_spec(record), device.name) as view:
            follow_to_end(record, device, view)
    except KeyboardInterrupt:
        talk(f"Detached; the run goes on: `host attach {record.run_id}`.")
        raise
    if as_json:
        json_data(finished_row(record))
    else:
        talk(f"Next: `host collect {record.run_id}`.")


def finished_row(record: RunRecord) -> dict[str, str]:
    """Return a run that has finished as JSON."""
    return {"run_id": record.run_id, "device": record.device, "state": "finished"}
