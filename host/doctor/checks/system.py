"""Whether the agent can be installed: system, processor, C library, Python, tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from host.deploy.environment import NEWEST_PYTHON, OLDEST_PYTHON
from host.deploy.facts import Facts
from host.doctor.finding import Finding
from host.inventory.device import Device

_ARCHITECTURES = ("aarch64", "x86_64")
_OLDEST_GLIBC = (2, 28)
_JETPACK_5 = "5.10."


def check(device: Device, facts: Facts, packages: Sequence[str]) -> Iterator[Finding]:
    """Find what would stop a deploy.

    Args:
        device: Its entry.
        facts: What a deploy asks first.
        packages: What the agent needs of an interpreter that the entry names.
    """
    yield _system(facts)
    yield _libc(device, facts)
    yield _python(device, facts, packages)
    if facts.lacks:
        yield Finding(
            "tools",
            "failure",
            f"{', '.join(facts.lacks)} missing",
            "A deploy is made with them.",
            "Install them on the device: `sudo apt install coreutils util-linux tar`.",
        )
    else:
        yield Finding("tools", "ok", "all that a deploy uses")


def _system(facts: Facts) -> Finding:
    found = f"{facts.system} {facts.kernel}, {facts.architecture}"
    if facts.system != "Linux":
        return Finding(
            "system", "failure", found, "The agent runs on Linux.", "Choose a Linux device."
        )
    if facts.architecture not in _ARCHITECTURES:
        return Finding(
            "system",
            "failure",
            found,
            f"The runtimes have wheels for {' and '.join(_ARCHITECTURES)} alone.",
            "Install the board's 64-bit system; `uname -m` tells which one it runs.",
        )
    return Finding("system", "ok", found)


def _libc(device: Device, facts: Facts) -> Finding:
    if facts.glibc is not None and facts.glibc >= _OLDEST_GLIBC:
        return Finding("C library", "ok", f"glibc {_dotted(facts.glibc)}")
    if device.python is not None:
        return Finding("C library", "note", _libc_name(facts), f"{device.python} has to suit it.")
    return Finding(
        "C library",
        "failure",
        _libc_name(facts),
        f"The runtimes' wheels need glibc {_dotted(_OLDEST_GLIBC)} or newer.",
        "Install a newer system (Debian 12, Ubuntu 22.04, Raspberry Pi OS Bookworm), or name an "
        f"interpreter that has the dependencies: `host devices add {device.name} ADDRESS "
        "--python PATH --replace`.",
    )


def _python(device: Device, facts: Facts, packages: Sequence[str]) -> Finding:
    wanted = f"{_dotted(OLDEST_PYTHON)} to {_dotted(NEWEST_PYTHON)}"
    found = ", ".join(map(str, facts.pythons)) or "none"
    if device.python is not None:
        return _named_python(device, facts, packages)
    if any(OLDEST_PYTHON <= one.version[:2] <= NEWEST_PYTHON for one in facts.pythons):
        return Finding("Python", "ok", found)
    if not facts.pythons:
        return Finding(
            "Python",
            "failure",
            "none",
            f"The agent needs Python {wanted}; without one, what only a program can look at "
            "(clock, sensors, load, storage) was not looked at either.",
            "Install one on the device: `sudo apt install python3`.",
        )
    old = all(one.version[:2] < OLDEST_PYTHON for one in facts.pythons)
    jetpack_5 = old and facts.kernel.startswith(_JETPACK_5) and "tegra" in facts.kernel
    return Finding(
        "Python",
        "failure",
        found,
        f"Too {'old' if old else 'new'}: the runtimes have wheels for Python {wanted} alone."
        + (" JetPack 5 brings Python 3.8, JetPack 6 Python 3.10." if jetpack_5 else ""),
        "Install JetPack 6 with NVIDIA's SDK Manager (`sdkmanager`)."
        if jetpack_5
        else "Install another one beside it (`sudo apt install python3.11`), or name one with "
        "`python` in the device's entry.",
    )


def _named_python(device: Device, facts: Facts, packages: Sequence[str]) -> Finding:
    correct = "Correct `python` in the device's entry, or leave it out to have an environment made."
    if not facts.pythons:
        message = f"{device.python}, as the entry says, is no interpreter"
        return Finding("Python", "failure", message, "The agent could not be started.", correct)
    python = facts.pythons[0]
    if python.version[:2] < OLDEST_PYTHON:
        meaning = f"Too old: the agent needs Python {_dotted(OLDEST_PYTHON)} or newer."
        return Finding("Python", "failure", f"{python}, as the entry says", meaning, correct)
    missing = [name for name in packages if name not in facts.packages]
    if missing:
        return Finding(
            "Python",
            "failure",
            f"{python}, as the entry says, lacks {', '.join(missing)}",
            "The agent needs them.",
            f"Install them on the device: `{device.python} -m pip install {' '.join(missing)}`; "
            "or leave `python` out of the entry.",
        )
    return Finding("Python", "ok", f"{python}, as the entry says")


def _libc_name(facts: Facts) -> str:
    return f"glibc {_dotted(facts.glibc)}" if facts.glibc else "no glibc"


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
