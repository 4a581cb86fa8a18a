"""Deploys to a device: facts, plan, apply, under the deploy lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from device_agent.contract.errors import DeviceError, XtremeEdgeError
from device_agent.contract.facts import DeviceFacts
from device_agent.layout import Layout
from host.deploy import audit, facts, present
from host.deploy.activate import Activation
from host.deploy.content import Blob
from host.deploy.environment import choose_release
from host.deploy.health import START_TIMEOUT_S, Unhealthy
from host.deploy.lock import deploy_lock
from host.deploy.place import Place, find
from host.deploy.plan import Activate, CheckHealth, MakeRelease, Plan, Prune, Send, Step, make_plan
from host.deploy.release import make_release
from host.deploy.ship import Progress, Shipped, ship
from host.deploy.supervision import supervisor_of
from host.deploy.supervisor import Supervisor
from host.deploy.unit import make_unit
from host.deploy.wheel import build_wheel
from host.inventory.device import Device
from host.transport.session import Session


@dataclass(frozen=True)
class DeployResult:
    """What a deploy came to.

    Attributes:
        previous: The release that a rollback goes back to; None on the first deploy.
        facts: The device, as its healthy agent describes it.
        service: As what the agent runs.
        notes: What people should know of it.
    """

    release: str
    previous: str | None
    sent_blobs: int
    sent_bytes: int
    reused_blobs: int
    facts: DeviceFacts
    service: str
    notes: tuple[str, ...] = ()


def plan_deploy(session: Session, device: Device, content: Iterable[Blob] = ()) -> Plan:
    """Return what `deploy` would do; nothing on the device is changed.

    Raises:
        DeviceError: The device cannot take the agent or the content.
    """
    return _plan(session, device, find(session, device), content)


def _plan(session: Session, device: Device, place: Place, content: Iterable[Blob]) -> Plan:
    wheel = build_wheel()
    found = facts.gather(session, place.layout, device.python, wheel.package_names)
    unit = None
    if place.service != "process":
        unit = make_unit(place.service, place.layout.root, found.graphics)
    release = choose_release(device, found, wheel, unit)
    blobs = tuple(content)
    there = present.look(session, place.layout, [b.digest for b in (*release.blobs, *blobs)])
    return make_plan(found, there, release, blobs, place.reason)


def deploy(
    session: Session,
    device: Device,
    content: Iterable[Blob] = (),
    *,
    why: str = "host deploy",
    break_lock: bool = False,
    progress: Progress | None = None,
    on_step: Callable[[Step], None] | None = None,
    supervisor: Supervisor | None = None,
    start_timeout_s: float = START_TIMEOUT_S,
) -> DeployResult:
    """Bring the agent and the content to the device, and leave a healthy agent serving.

    Args:
        session: The connection.
        device: The inventory's entry.
        content: Artifacts and datasets to ship along.
        why: For those who find the deploy lock taken.
        break_lock: Take the lock whoever holds it.
        progress: Told bytes sent and bytes to send.
        on_step: Told each step before it begins.
        supervisor: Who runs the daemon; by default as the device's place has it.
        start_timeout_s: How long the daemon may take to begin to serve.

    Raises:
        DeviceError: No room, a damaged blob, a locked device, or a release that was rolled back.
        TransportError: The device refused something.
        ConnectionLost: Deploy again: it goes on where it was.
    """
    place = find(session, device)
    layout = place.layout
    keeper = supervisor or supervisor_of(place, device.name)
    notes = keeper.prepare(session, layout)
    activation = Activation(session, layout, device.name, keeper, start_timeout_s)
    with deploy_lock(session, layout, device.name, why, break_lock=break_lock):
        plan = _plan(session, device, place, content)
        deployment = _Deployment(session, layout, activation, progress)
        try:
            for step in plan.steps:
                if on_step is not None:
                    on_step(step)
                deployment.apply(step)
        except DeviceError:
            # The failure that is being recorded (a full disk) matters more than its record.
            with suppress(XtremeEdgeError):
                deployment.record(plan, "failed")
            raise
        deployment.record(plan, "ok")
    return deployment.result(plan, notes)


class _Deployment:
    """Applies steps and remembers what they have brought about."""

    def __init__(
        self, session: Session, layout: Layout, activation: Activation, progress: Progress | None
    ) -> None:
        self._session = session
        self._layout = layout
        self._activation = activation
        self._progress = progress
        self._shipped = Shipped(0, 0, 0)
        self._facts: DeviceFacts | None = None

    def apply(self, step: Step) -> None:
        match step:
            case Send():
                self._shipped = ship(self._session, self._layout, step.blobs, self._progress)
            case MakeRelease():
                make_release(self._session, self._layout, step.release)
            case Activate():
                self._facts = self._activation.activate(step)
            case CheckHealth():
                try:
                    self._facts = self._activation.check(step.release)
                except Unhealthy:
                    again = Activate(step.release, step.previous, is_in_force=True)
                    self._facts = self._activation.activate(again)
            case Prune():
                self._activation.remove(step.releases)

    def record(self, plan: Plan, result: str) -> None:
        audit.record(
            self._session,
            self._layout,
            "deploy",
            release=plan.release.id,
            previous=plan.previous or "none",
            service=plan.service,
            sent_blobs=self._shipped.sent_blobs,
            sent_bytes=self._shipped.sent_bytes,
            result=result,
        )

    def result(self, plan: Plan, notes: tuple[str, ...]) -> DeployResult:
        assert self._facts is not None, "every plan activates or checks"
        return DeployResult(
            release=plan.release.id,
            previous=plan.previous,
            sent_blobs=self._shipped.sent_blobs,
            sent_bytes=self._shipped.sent_bytes,
            reused_blobs=plan.reused_blobs,
            facts=self._facts,
            service=plan.service,
            notes=notes,
        )
