"""Deploys to a device: facts, plan, apply, under the deploy lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from device_agent import runtimes
from device_agent.contract.errors import DeviceError, XtremeEdgeError
from device_agent.contract.facts import DeviceFacts
from device_agent.contract.room import Room
from device_agent.layout import Layout
from host.deploy import audit, facts, present
from host.deploy.activate import Activation
from host.deploy.content import Blob, formats_of
from host.deploy.environment import choose_release
from host.deploy.golden_sets import GoldenSetsFailed, Tell
from host.deploy.health import START_TIMEOUT_S, Unhealthy
from host.deploy.lock import deploy_lock
from host.deploy.place import Place, find
from host.deploy.plan import (
    Activate,
    CheckHealth,
    MakeRelease,
    Plan,
    Prune,
    Send,
    Step,
    coming_bytes,
    make_plan,
)
from host.deploy.release import make_release
from host.deploy.room import make_room, room_text, with_room
from host.deploy.ship import Progress, Shipped, ship
from host.deploy.signing import pin_bundle_key
from host.deploy.supervision import supervisor_of
from host.deploy.supervisor import Supervisor
from host.deploy.unit import make_unit
from host.deploy.wheel import ENGINES, build_wheel
from host.inventory.device import Device
from host.transport.session import Session

_ENGINES = tuple(name for of in ENGINES for name in runtimes.DISTRIBUTIONS[runtimes.OF_FORMAT[of]])
"""Looked for in an interpreter that the inventory names; an environment gets them as it needs."""


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
    plan, _ = _plan(session, device, find(session, device), content, only_look=True)
    return plan


def _plan(
    session: Session, device: Device, place: Place, content: Iterable[Blob], *, only_look: bool
) -> tuple[Plan, Room | None]:
    wheel = build_wheel()
    found = facts.gather(session, place.layout, device.python, [*wheel.package_names, *_ENGINES])
    unit = None
    if place.service != "process":
        unit = make_unit(place.service, place.layout.root, found.graphics)
    blobs = tuple(content)
    release = choose_release(device, found, wheel, unit, formats_of(blobs))
    there = present.look(session, place.layout, [b.digest for b in (*release.blobs, *blobs)])
    room = make_room(
        session,
        place.layout,
        device,
        coming_bytes=coming_bytes(found, there, release, blobs),
        release=[blob.digest for blob in release.blobs],
        study=[blob.digest for blob in blobs],
        only_look=only_look,
    )
    return make_plan(found, with_room(there, room), release, blobs, place.reason), room


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
    tell: Tell | None = None,
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
        tell: Told in words what goes on, where a step may take long.

    Raises:
        DeviceError: No room, a damaged blob, a locked device, a release that was rolled back, or
            an artifact whose golden set does not pass there.
        TransportError: The device refused something.
        InventoryError: All went well, but the device signs its bundles with another key than the
            pinned one.
        ConnectionLost: Deploy again: it goes on where it was.
    """
    place = find(session, device)
    layout = place.layout
    keeper = supervisor or supervisor_of(place, device.name)
    notes = keeper.prepare(session, layout)
    activation = Activation(
        session, layout, device.name, keeper, start_timeout_s=start_timeout_s, tell=tell
    )
    with deploy_lock(session, layout, device.name, why, break_lock=break_lock):
        plan, room = _plan(session, device, place, content, only_look=False)
        notes += tuple(filter(None, [room_text(room)]))
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
        if room is None:
            # Only now is there an agent that can remember what it consists of.
            _name_blobs(session, layout, device, plan)
        deployment.record(plan, "ok")
    pinned = pin_bundle_key(session, layout, device.name)
    result = deployment.result(plan, notes)
    return replace(result, notes=(*result.notes, *pinned))


def _name_blobs(session: Session, layout: Layout, device: Device, plan: Plan) -> None:
    release = {blob.digest for blob in plan.release.blobs}
    study = {blob.digest for blob in plan.content} - release
    make_room(session, layout, device, coming_bytes=0, release=release, study=study)


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
                self._check(step)
            case Prune():
                self._activation.remove(step.releases)

    def _check(self, step: CheckHealth) -> None:
        try:
            self._facts = self._activation.check(step.release)
        except Unhealthy:
            again = Activate(step.release, step.previous, is_in_force=True, golden=step.golden)
            self._facts = self._activation.activate(again)
            return
        try:
            self._activation.check_golden_sets(step.golden)
        except GoldenSetsFailed as error:
            # The release is what it was; another one would not make the artifact right.
            raise DeviceError(
                f"{error.message}\n  Release {step.release} stays in force.", remedy=error.remedy
            ) from error

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
            notes=(*notes, *_broken_runtimes(self._facts)),
        )


def _broken_runtimes(found: DeviceFacts) -> tuple[str, ...]:
    return tuple(
        f"{name} is installed there and cannot be imported: {reason}"
        for name, reason in found.broken_runtimes.items()
    )
