"""Looks at a device from end to end, and turns what cannot be looked at into a finding too."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from device_agent.contract.errors import XtremeEdgeError
from device_agent.layout import SYSTEM_STATE, Layout
from host.agent import Agent
from host.deploy.facts import Facts, gather
from host.deploy.place import find
from host.deploy.wheel import build_wheel
from host.doctor.carried import OLDEST_PYTHON, program
from host.doctor.checks import (
    access,
    activity,
    agent,
    board,
    limits,
    room,
    sensors,
    system,
    timekeeping,
)
from host.doctor.finding import Finding
from host.doctor.inspection import Inspection, parse
from host.inventory.device import Device
from host.transport.connect import connect
from host.transport.session import ConnectionLost, Session

_ROOT = PurePosixPath("/")


@dataclass(frozen=True)
class Examination:
    """A device, looked at.

    Attributes:
        inspection: None where no program could look.
    """

    findings: tuple[Finding, ...]
    inspection: Inspection | None


def examine(device: Device, root: PurePosixPath = _ROOT) -> Examination:
    """Look at everything; nothing is changed, and nothing raised for what a device is like.

    Args:
        device: Its entry.
        root: Below which the device's kernel files lie; tests give a recorded tree.
    """
    made = _Examiner(device, root)
    try:
        for finding in made.look():
            made.findings.append(finding)
    except XtremeEdgeError as error:
        lost = "What comes after it was not looked at."
        made.findings.append(Finding("connection", "failure", error.message, lost, error.remedy))
    return Examination(tuple(made.findings), made.inspection)


class _Examiner:
    def __init__(self, device: Device, root: PurePosixPath) -> None:
        self._device = device
        self._root = root
        self.findings: list[Finding] = []
        self.inspection: Inspection | None = None

    def look(self) -> Iterator[Finding]:
        started = time.monotonic()
        with connect(self._device) as session:
            yield access.reached(self._device, time.monotonic() - started)
            layout = Layout(SYSTEM_STATE)
            try:
                place = find(session, self._device)
            except ConnectionLost:
                raise
            except XtremeEdgeError as error:
                yield Finding(
                    "service", "failure", error.message, "No agent can be put there.", error.remedy
                )
            else:
                layout = place.layout
                yield access.service(self._device, place)
            packages = build_wheel().package_names
            facts = gather(session, layout, self._device.python, packages)
            yield from system.check(self._device, facts, packages)
            yield from self._inspect(session, layout, facts)
            yield from self._agent(session, layout, facts)

    def _inspect(self, session: Session, layout: Layout, facts: Facts) -> Iterator[Finding]:
        asked_ns = time.time_ns()
        argv = [_interpreter(facts), "-IB", "-", str(self._root), str(layout.root)]
        done = session.run(argv, stdin=program())
        answered_ns = time.time_ns()
        try:
            found = self.inspection = parse(done.stdout)
        except XtremeEdgeError as error:
            if not facts.pythons:
                return
            said = done.stderr.strip().splitlines()
            yield Finding(
                "probe",
                "failure",
                said[-1] if said else error.message,
                "Board, clock, sensors and load were not looked at.",
                f"Try the interpreter on the device: `{argv[0]} -I -c pass`.",
            )
            return
        yield from board.check(self._device, found, facts.graphics)
        yield from limits.check(found)
        yield from room.check(found.storage)
        yield from timekeeping.check(
            found.clock, timekeeping.drift(asked_ns, answered_ns, found.clock)
        )
        yield from activity.check(found)
        yield from sensors.check(found.sensors)

    def _agent(self, session: Session, layout: Layout, facts: Facts) -> Iterator[Finding]:
        if facts.current is None:
            yield agent.absent(self._device.name)
            return
        deployed = Agent(session, layout, self._device.name)
        try:
            status = deployed.status()
            yield from agent.check(self._device.name, facts, status)
            if agent.is_busy(status):
                yield agent.untried()
                return
            told = deployed.probe()
            yield from agent.runtimes(self._device.name, told.runtimes, told.broken_runtimes)
        except XtremeEdgeError as error:
            yield agent.silent(error.message, error.remedy)


def _interpreter(facts: Facts) -> str:
    """Return the first that runs the probe; `python3` where the named one does not."""
    fitting: Sequence[str] = [
        python.path for python in facts.pythons if python.version[:2] >= OLDEST_PYTHON
    ]
    return fitting[0] if fitting else "python3"
