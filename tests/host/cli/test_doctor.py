"""`host doctor` as users call it: a summary first, JSON on request, exit code 1 for a failure."""

from __future__ import annotations

import dataclasses

from host.demo.virtual_device.launch import VirtualDevice
from tests.devices.sshd import free_port
from tests.host.cli.conftest import Cli


def test_a_device_that_is_ready(cli: Cli) -> None:
    """One sentence, then findings with the worst first, without a terminal."""
    done = cli("doctor", "--target", "virtual", "--all")
    assert done.code == 0, done.err
    first, *rest = done.out.splitlines()
    assert first.startswith("virtual is ready: ")
    assert any(line.startswith("ok       connection: SSH to ") for line in rest)
    assert done.err == ""


def test_json_has_findings_and_facts(cli: Cli) -> None:
    """For machines: one object."""
    found = cli("doctor", "--target", "virtual", "--json").json()
    assert found["ready"] is True
    assert found["target"] == "virtual"
    assert {f["severity"] for f in found["findings"]} <= {"ok", "note", "warning", "failure"}
    assert found["facts"]["sensors"]["memory"] == "ok"


def test_a_device_that_does_not_answer(cli: Cli, virtual: VirtualDevice) -> None:
    """Exit code 1, with the remedy; JSON says the same."""
    cli.inventory.add(dataclasses.replace(virtual.device, name="gone", port=free_port()))
    done = cli("doctor", "--target", "gone")
    assert done.code == 1
    assert done.out.startswith("gone is not ready: 1 thing would fail (connection).")
    assert "remedy: " in done.out
    as_json = cli("doctor", "--target", "gone", "--json")
    assert (as_json.code, as_json.json()["facts"]) == (1, None)


def test_no_target_is_an_error(cli: Cli) -> None:
    """Nothing is looked at unasked."""
    done = cli("doctor")
    assert done.code == 1
    assert "No target" in done.err
