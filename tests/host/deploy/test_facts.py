"""Facts are read from text, so every odd device is a test away."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.layout import Layout
from host.deploy import present
from host.deploy.facts import Python, gather, parse
from host.inventory import Device
from host.transport.session import Session

PI = (
    "system\tLinux\narchitecture\taarch64\nkernel\t6.6.31+rpt-rpi-2712\nlibc\tglibc 2.36\n"
    "memory_kib\t8245824\npython\t3.11.2 /usr/bin/python3\n"
    "python\t3.13.0 /opt/my python/bin/python\n"
    "current\t0.1.0-abc\nrelease\t0.1.0-abc\nrelease\t0.0.9-def\nserving\t0.1.0-abc\nend\t\n"
)


def test_facts_of_a_board_are_read() -> None:
    """Every line finds its place."""
    facts = parse(PI)
    assert (facts.architecture, facts.glibc, facts.memory_bytes) == ("aarch64", (2, 36), 8443723776)
    assert facts.pythons == (
        Python((3, 11, 2), "/usr/bin/python3"),
        Python((3, 13, 0), "/opt/my python/bin/python"),
    )
    assert facts.releases == ("0.1.0-abc", "0.0.9-def")
    assert facts.current == facts.serving == "0.1.0-abc"
    assert facts.lacks == ()


def test_absent_things_are_none() -> None:
    """A musl system without Python, releases or /proc has None and empty, never zero."""
    facts = parse("system\tLinux\nlibc\t\nmemory_kib\t\nlacks\tsetsid\nend\t\n")
    assert facts.glibc is None
    assert facts.memory_bytes is None
    assert facts.pythons == ()
    assert facts.current is None
    assert facts.lacks == ("setsid",)


def test_chatter_of_the_login_shell_is_passed_over() -> None:
    """Lines that a profile prints before the answer do no harm."""
    assert parse(f"Welcome to Armbian!\nLast login: today\n{PI}") == parse(PI)


@pytest.mark.parametrize("answer", ["", "Welcome!\n", PI.replace("end\t\n", ""), "\x00\xff"])
def test_answer_that_is_none_is_told(answer: str) -> None:
    """A cut or senseless answer is an error, not a device without anything."""
    with pytest.raises(DeviceError, match="does not answer as a POSIX shell"):
        parse(answer)


def test_script_and_parser_agree(session: Session, layout: Layout, device: Device) -> None:
    """The real script's answer on a real machine is understood."""
    facts = gather(session, layout, device.python, ["numpy", "no-such-package"])
    assert facts.system == "Linux"
    assert [python.path for python in facts.pythons] == [device.python]
    assert list(facts.packages) == ["numpy"]
    assert facts.lacks == ()
    assert facts.releases == ()


def test_interpreters_are_found_without_a_name(session: Session, layout: Layout) -> None:
    """Without a named interpreter the usual names are looked for."""
    assert gather(session, layout, None, []).pythons


def test_senseless_blob_list_is_told() -> None:
    """A list of blobs without the free space was cut short."""
    with pytest.raises(DeviceError, match="no sensible list"):
        present.parse("whole abc\npart def many\n")
