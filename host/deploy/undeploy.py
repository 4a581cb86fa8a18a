"""Removes the agent from a device, with everything that deploys and runs have made there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from device_agent.contract.errors import DeviceError, XtremeEdgeError
from device_agent.contract.status import RunStatus
from device_agent.layout import Layout
from host.agent import Agent
from host.deploy import audit
from host.deploy.lock import deploy_lock
from host.deploy.place import find
from host.deploy.remote_script import run_script
from host.deploy.signing import forget_bundle_key
from host.deploy.supervision import supervisor_of
from host.inventory.device import Device
from host.transport.session import ConnectionLost, Session

# $1 state folder. What is there, so that nothing is made by asking.
_LOOK = r"""
[ -d "$1" ] && echo state
[ -L "$1/current" ] && echo current
[ -z "$(ls -A "$1/runs" 2>/dev/null)" ] || echo runs
exit 0
"""


@dataclass(frozen=True)
class UndeployResult:
    """What was removed, in words; nothing where nothing was there."""

    removed: tuple[str, ...]


def undeploy(
    session: Session,
    device: Device,
    *,
    is_collected: Callable[[RunStatus], bool],
    keep_results: bool = False,
    discard: bool = False,
    break_lock: bool = False,
) -> UndeployResult:
    """Stop the agent, and remove it with its service, user, state folder and audit log.

    Args:
        session: The connection.
        device: The inventory's entry.
        is_collected: Says whether the host has the run's bundle.
        keep_results: Leave the runs on the device; they then belong to the login user.
        discard: Remove runs whose bundle nobody has.
        break_lock: Take the deploy lock whoever holds it.

    Raises:
        DeviceError: Bundles would be lost, a locked device, or no right to remove.
    """
    place = find(session, device)
    layout = place.layout
    supervisor = supervisor_of(place, device.name)
    there = run_script(session, _LOOK, str(layout.root), doing="tell what is there").split()
    if "state" not in there:
        removed = supervisor.remove(session, layout, keep_results=keep_results)
        forget_bundle_key(device.name)
        return UndeployResult(removed)
    # Before it is looked into: the folder's group is who may.
    supervisor.prepare(session, layout)
    there = run_script(session, _LOOK, str(layout.root), doing="tell what is there").split()
    with deploy_lock(session, layout, device.name, "host undeploy", break_lock=break_lock):
        if "runs" in there and not (discard or keep_results):
            _check_collected(session, layout, device.name, is_collected)
        supervisor.stop(session, layout)
        if keep_results:
            audit.record(session, layout, "undeploy", kept="runs")
        removed = supervisor.remove(session, layout, keep_results=keep_results)
    forget_bundle_key(device.name)
    return UndeployResult(removed)


def _check_collected(
    session: Session, layout: Layout, device: str, is_collected: Callable[[RunStatus], bool]
) -> None:
    try:
        status = Agent(session, layout, device).status()
    except ConnectionLost:
        raise
    except XtremeEdgeError as error:
        raise _refused(device, f"its runs cannot be listed ({error.message})") from error
    open_runs = [run.run_id for run in status.runs if not is_collected(run)]
    open_runs += [run.run_id for run in status.unreadable]
    if open_runs:
        raise _refused(device, f"not collected to this host: {', '.join(open_runs)}")


def _refused(device: str, reason: str) -> DeviceError:
    return DeviceError(
        f"{device} has results that would be lost: {reason}.",
        remedy="Fetch them with `host collect RUN`, or leave them there with "
        f"`host undeploy --target {device} --keep-results`, or give them up with `--discard`.",
    )
