"""Which Python the agent gets, and what is said where there is none for it."""

from __future__ import annotations

import dataclasses
from pathlib import Path, PurePosixPath

import pytest

from device_agent.contract.errors import DeviceError
from host.deploy.content import Blob
from host.deploy.environment import choose_release
from host.deploy.facts import Facts, Python
from host.deploy.unit import make_unit
from host.deploy.wheel import AgentWheel
from host.deploy.wheelhouse import Target, download_command
from host.inventory import Device

WHEEL = AgentWheel(Blob("a" * 64, Path("x.whl"), 1, "x.whl"), "1.0", ("click>=8.1", "numpy>=1.26"))
PI = Device(name="pi5", address="pi5")
NAMED = dataclasses.replace(PI, python="/usr/bin/python3")
FACTS = Facts(
    system="Linux",
    architecture="aarch64",
    kernel="6.6",
    glibc=(2, 31),
    memory_bytes=None,
    pythons=(Python((3, 11, 2), "/usr/bin/python3"),),
    packages={"click": "8.1", "numpy": "2.0"},
    lacks=(),
    current=None,
    releases=(),
    serving=None,
)


def test_named_interpreter_is_taken() -> None:
    """An interpreter that has the dependencies needs no wheelhouse."""
    release = choose_release(NAMED, FACTS, WHEEL)
    assert release.python == "/usr/bin/python3"
    assert release.wheelhouse is None


def test_system_service_gets_no_interpreter_from_a_home_folder() -> None:
    """Home folders are hidden from it, so what lies there is passed over, and refused by name."""
    unit = make_unit("system", PurePosixPath("/var/lib/xtreme-edge"))
    at_home = dataclasses.replace(FACTS, pythons=(Python((3, 11, 2), "/home/pi/venv/bin/python"),))
    with pytest.raises(DeviceError, match="cannot see /home/pi/venv"):
        choose_release(NAMED, at_home, WHEEL, unit)
    with pytest.raises(DeviceError, match="has no Python"):
        choose_release(PI, at_home, WHEEL, unit)
    assert choose_release(NAMED, at_home, WHEEL).python == "/home/pi/venv/bin/python"


def test_unit_is_part_of_the_release() -> None:
    """Another unit is another release, so that a rollback brings the unit back as well."""
    unit = make_unit("system", PurePosixPath("/var/lib/xtreme-edge"))
    with_unit = choose_release(NAMED, FACTS, WHEEL, unit)
    assert with_unit.id != choose_release(NAMED, FACTS, WHEEL).id
    assert "umask 007" in with_unit.launcher


@pytest.mark.parametrize(
    ("device", "changes", "message"),
    [
        (NAMED, {"packages": {"click": "8.1"}}, "lacks numpy"),
        (NAMED, {"pythons": ()}, "is no Python interpreter"),
        (NAMED, {"pythons": (Python((3, 8, 10), "/usr/bin/python3"),)}, "expected 3.10 or newer"),
        (PI, {"pythons": (Python((3, 8, 10), "/usr/bin/python3"),)}, "found: 3.8.10 at /usr"),
        (PI, {"pythons": ()}, "no Python 3.10 to 3.13; found: none"),
        (PI, {"glibc": None}, "has no glibc"),
        (PI, {"system": "Darwin"}, "runs Darwin"),
        (PI, {"lacks": ("setsid", "tar")}, "lacks setsid, tar"),
    ],
)
def test_unfit_device_is_told_why(device: Device, changes: dict[str, object], message: str) -> None:
    """Each thing that a device may lack has its own message and remedy."""
    with pytest.raises(DeviceError, match=message) as caught:
        choose_release(device, dataclasses.replace(FACTS, **changes), WHEEL)  # type: ignore[arg-type]
    assert caught.value.remedy


def test_tags_are_those_that_the_libc_can_use() -> None:
    """Wheels for an older glibc fit, those for a newer one do not."""
    tags = Target("aarch64", (2, 28), (3, 11)).tags
    assert tags[0] == "manylinux_2_28_aarch64"
    assert "manylinux2014_aarch64" in tags
    assert "manylinux_2_29_aarch64" not in tags


def test_download_asks_for_the_devices_python() -> None:
    """The wheels are chosen for the device, never for the host, and never built."""
    command = download_command(Target("aarch64", (2, 31), (3, 10)), ["numpy>=1.26"], Path("here"))
    assert "--only-binary=:all:" in command
    assert command[command.index("--python-version") + 1] == "3.10"
    assert command[-3:] == ["--dest", "here", "numpy>=1.26"]


def test_wheels_that_cannot_be_had_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a package index the host says what to do, and keeps no half wheelhouse."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(DeviceError, match=r"Python 3\.11 on aarch64 with glibc 2\.31") as caught:
        choose_release(PI, FACTS, WHEEL)
    assert "package index" in caught.value.remedy
    assert list((tmp_path / "xtreme-edge" / "wheelhouse").iterdir()) == []
