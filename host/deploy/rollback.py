"""Puts the release before the one in force back into force, and checks that it is well."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from device_agent.contract.errors import DeviceError, XtremeEdgeError
from device_agent.contract.facts import DeviceFacts
from device_agent.layout import Layout
from host.deploy import audit
from host.deploy.activate import Activation
from host.deploy.facts import gather
from host.deploy.lock import deploy_lock
from host.deploy.place import find
from host.deploy.plan import Activate, previous_release
from host.deploy.supervision import supervisor_of
from host.inventory.device import Device
from host.transport.session import Session


@dataclass(frozen=True)
class RollbackResult:
    """What a rollback came to.

    Attributes:
        release: In force now.
        previous: In force before; it stays on the device.
        facts: The device, as its healthy agent describes it.
    """

    release: str
    previous: str
    facts: DeviceFacts


def roll_back(session: Session, device: Device, *, break_lock: bool = False) -> RollbackResult:
    """Go back one release; artifacts, data and runs stay as they are.

    Raises:
        DeviceError: No agent is there, or no release before it, or that one is not well; then the
            one in force stays in force.
        ConnectionLost: Nothing is known; run it again.
    """
    place = find(session, device)
    layout = place.layout
    found = gather(session, layout, None, [])
    if found.current is None:
        raise DeviceError(
            f"{device.name} has no agent to roll back.",
            remedy=f"Run `host deploy --target {device.name}`.",
        )
    target = previous_release(found, found.current)
    if target is None:
        raise DeviceError(
            f"{device.name} has no release before {found.current}: it is the only one there.",
            remedy=f"Deploy the version that you want: `host deploy --target {device.name}`.",
        )
    supervisor = supervisor_of(place, device.name)
    supervisor.prepare(session, layout)
    step = Activate(target, found.current, is_in_force=False)
    with deploy_lock(session, layout, device.name, "host rollback", break_lock=break_lock):
        try:
            activation = Activation(session, layout, device.name, supervisor)
            facts = activation.activate(step, keep_failed=True)
        except DeviceError:
            with suppress(XtremeEdgeError):
                _record(session, place.layout, step, "failed")
            raise
        _record(session, place.layout, step, "ok")
    return RollbackResult(target, found.current, facts)


def _record(session: Session, layout: Layout, step: Activate, result: str) -> None:
    details = {"release": step.release, "previous": step.previous, "result": result}
    audit.record(session, layout, "rollback", **details)
