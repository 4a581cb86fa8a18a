"""What `--target` means, given once or several times, and what is said of several targets."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from device_agent.contract.errors import DataError, DeviceError
from host.cli.options import find_device, find_devices
from host.cli.targets import conclude
from host.inventory import Device, Inventory, InventoryError
from host.runs.side_by_side import Outcome

GOOD: Outcome[str] = Outcome(value="0.2")
BAD: Outcome[str] = Outcome(error=DeviceError("pi4: it is off.", remedy="Turn it on."))


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inventory:
    """Two boards of one family, and one of another."""
    monkeypatch.setenv("XTREME_EDGE_HOME", str(tmp_path))
    found = Inventory(tmp_path / "devices.yaml")
    found.add(Device(name="anna", address="anna.lan", board="rpi5"))
    found.add(Device(name="ben", address="ben.lan", board="rpi5"))
    found.add(Device(name="orin", address="orin.lan", board="jetson"))
    return found


def names(*targets: str) -> list[str]:
    return [device.name for device in find_devices(targets)]


@pytest.mark.usefixtures("inventory")
def test_targets_are_devices_families_or_all() -> None:
    """In the order given, each once."""
    assert names("ben", "anna", "ben") == ["ben", "anna"]
    assert names("jetson", "orin") == ["orin"]
    assert names("all") == ["anna", "ben", "orin"]


@pytest.mark.usefixtures("inventory")
def test_a_family_of_several_is_refused() -> None:
    """Nobody guesses which one was meant."""
    with pytest.raises(InventoryError, match="board family with 2 devices: anna, ben"):
        names("rpi5")


def test_two_names_of_one_agent_are_refused(inventory: Inventory) -> None:
    """Side by side they would be in each other's way."""
    inventory.add(Device(name="twin", address="anna.lan"))
    with pytest.raises(DataError, match="anna and twin are two names for one agent"):
        names("anna", "twin")


def test_all_of_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty inventory is a mistake, not a success."""
    monkeypatch.setenv("XTREME_EDGE_HOME", str(tmp_path))
    with pytest.raises(DataError, match="no device"):
        names("all")


@pytest.mark.usefixtures("inventory")
def test_commands_for_one_target_refuse_a_study_with_several() -> None:
    """They ask which."""

    class Study:
        targets = ("anna", "orin")

    assert [device.name for device in find_devices((), Study())] == ["anna", "orin"]  # type: ignore[arg-type]
    with pytest.raises(DataError, match="2 targets"):
        find_device(None, Study())  # type: ignore[arg-type]


def shown(outcomes: dict[str, Outcome[str]], *options: str) -> tuple[int, str, str]:
    @click.command()
    @click.option("--json", "as_json", is_flag=True)
    def command(*, as_json: bool) -> None:
        conclude(
            outcomes,
            lambda name, value: {"device": name, "release": value},
            lambda name, value: f"{name} serves {value}",
            as_json=as_json,
        )

    found = CliRunner().invoke(command, options)
    return found.exit_code, found.stdout, found.stderr


def test_one_failure_fails_the_command_and_hides_nothing() -> None:
    """The summary has a line for each target."""
    code, out, err = shown({"pi5": GOOD, "pi4": BAD})
    assert (code, out) == (1, "")
    assert err.splitlines()[:3] == [
        "1 of 2 done:",
        "  pi5 serves 0.2",
        "  pi4: FAILED: it is off.",
    ]


def test_json_of_several_is_by_name_and_of_one_its_own() -> None:
    """A script that names one target reads what it always read."""
    code, out, _ = shown({"pi5": GOOD, "pi4": BAD}, "--json")
    assert code == 1
    assert json.loads(out) == {
        "pi5": {"device": "pi5", "release": "0.2"},
        "pi4": {"error": "pi4: it is off.", "remedy": "Turn it on."},
    }
    assert json.loads(shown({"pi5": GOOD}, "--json")[1]) == {"device": "pi5", "release": "0.2"}


def test_one_target_is_told_as_always() -> None:
    """Without a summary."""
    assert shown({"pi5": GOOD}) == (0, "", "pi5 serves 0.2\n")


def test_json_may_always_be_by_name() -> None:
    """Where nobody knows beforehand how many there will be, also of one and of none."""
    assert found_by_name({"pi5": GOOD}) == {"pi5": {"release": "0.2"}}
    assert found_by_name({}) == {}


def found_by_name(outcomes: dict[str, Outcome[str]]) -> object:
    @click.command()
    def command() -> None:
        conclude(
            outcomes, lambda _, value: {"release": value}, lambda *_: "", as_json=True, by_name=True
        )

    return json.loads(CliRunner().invoke(command).stdout)
