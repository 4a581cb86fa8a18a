"""Chooses how the agent's Python environment is made, or says why it cannot be."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from device_agent import runtimes
from device_agent.contract.errors import DeviceError
from host.deploy.facts import Facts, Python
from host.deploy.release import Release
from host.deploy.unit import Unit
from host.deploy.wheel import AgentWheel
from host.deploy.wheelhouse import Target, fetch_wheelhouse
from host.inventory.device import Device

OLDEST_PYTHON = (3, 10)
NEWEST_PYTHON = (3, 13)
"""Of those for which the runtimes have wheels; an interpreter that is named may be newer."""


def choose_release(
    device: Device,
    facts: Facts,
    wheel: AgentWheel,
    unit: Unit | None = None,
    formats: AbstractSet[str] = frozenset(),
) -> Release:
    """Return the release for this device; fetches wheels where it needs an environment made.

    Args:
        device: Its entry.
        facts: What it says of itself.
        wheel: The agent's.
        unit: By which systemd is to start it; None for a plain process.
        formats: Of the artifacts that are to run there. An engine that the release in force has
            stays, so that a deploy for one study takes nothing from another.

    Raises:
        DeviceError: The device lacks something that the agent needs.
    """
    if facts.system != "Linux":
        raise DeviceError(
            f"{device.name} runs {facts.system}; the agent runs on Linux.",
            remedy="Choose a Linux device.",
        )
    if facts.lacks:
        raise DeviceError(
            f"{device.name} lacks {', '.join(facts.lacks)}.",
            remedy="Install them on the device: `sudo apt install coreutils util-linux tar`.",
        )
    if device.python is not None:
        named = _named_python(device, facts, wheel, formats)
        if _cannot_be_seen(named, unit):
            raise DeviceError(
                f"{device.name}: a system service cannot see {named.path}: home folders are "
                "hidden from it.",
                remedy="Leave `python` out of the device's entry to have an environment made, or "
                "write `service: user` into it.",
            )
        return Release.of(wheel.version, named.path, wheel.blob, None, unit)
    python = _fitting_python(device, facts, unit)
    if facts.glibc is None:
        raise DeviceError(
            f"{device.name} has no glibc; the runtimes have no wheels for another C library.",
            remedy="Use a glibc system (Debian, Ubuntu, Raspberry Pi OS), or name with `python:` "
            "an interpreter that has the dependencies.",
        )
    target = Target(facts.architecture, facts.glibc, python.version[:2])
    wanted = sorted(wheel.engines.keys() & {*formats, *facts.engines})
    wheelhouse = fetch_wheelhouse(
        target, [*wheel.requirements, *(wheel.engines[name] for name in wanted)]
    )
    engines = tuple(runtimes.DISTRIBUTIONS[runtimes.OF_FORMAT[name]][0] for name in wanted)
    return Release.of(wheel.version, python.path, wheel.blob, wheelhouse, unit, engines=engines)


def _named_python(
    device: Device, facts: Facts, wheel: AgentWheel, formats: AbstractSet[str]
) -> Python:
    if not facts.pythons:
        raise DeviceError(
            f"{device.name}: {device.python} is no Python interpreter on the device.",
            remedy="Correct `python` in the device's entry, or leave it out to have an "
            "environment made.",
        )
    python = facts.pythons[0]
    if python.version[:2] < OLDEST_PYTHON:
        raise DeviceError(
            f"{device.name}: Python is {python}, expected {_dotted(OLDEST_PYTHON)} or newer.",
            remedy="Name a newer interpreter with `python` in the device's entry.",
        )
    missing = [name for name in wheel.package_names if name not in facts.packages]
    for name in sorted(formats & wheel.engines.keys()):
        engines = runtimes.DISTRIBUTIONS[runtimes.OF_FORMAT[name]]
        if not facts.packages.keys() & set(engines):
            missing.append(engines[0])
    if missing:
        raise DeviceError(
            f"{device.name}: {device.python} lacks {', '.join(missing)}.",
            remedy="Leave `python` out of the device's entry to have an environment made, or "
            f"install them on the device: `{device.python} -m pip install {' '.join(missing)}`.",
        )
    return python


def _cannot_be_seen(python: Python, unit: Unit | None) -> bool:
    is_system = unit is not None and unit.scope == "system"
    return is_system and python.path.startswith(("/home/", "/root/"))


def _fitting_python(device: Device, facts: Facts, unit: Unit | None) -> Python:
    for python in facts.pythons:
        if _cannot_be_seen(python, unit):
            continue
        if OLDEST_PYTHON <= python.version[:2] <= NEWEST_PYTHON:
            return python
    found = ", ".join(map(str, facts.pythons)) or "none"
    wanted = f"{_dotted(OLDEST_PYTHON)} to {_dotted(NEWEST_PYTHON)}"
    raise DeviceError(
        f"{device.name} has no Python {wanted}; found: {found}.",
        remedy="Install one on the device (`sudo apt install python3.11`), or name it with "
        "`python` in the device's entry.",
    )


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
