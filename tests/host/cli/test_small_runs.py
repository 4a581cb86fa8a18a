"""Commands on runs that have nothing to do: damaged, ended, queued, and followed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from device_agent.contract import codec
from device_agent.contract.bundle import SPEC_NAME
from device_agent.contract.events import StateChanged
from device_agent.journal import Journal
from device_agent.service.runs import RunFolder, Runs
from host.demo.virtual_device.launch import VirtualDevice
from host.runs.record import RunRecord, RunRecords
from tests.device_agent.service.small_runs import small_spec
from tests.host.cli.conftest import Cli
from tests.host.cli.test_errors import assert_error

pytestmark = pytest.mark.alone

Submit = Callable[[str], RunFolder]


@pytest.fixture(scope="module")
def deployed(cli: Cli, virtual: VirtualDevice) -> VirtualDevice:
    """The virtual device with an agent that serves."""
    done = cli("deploy", "--target", "virtual")
    assert done.code == 0, done.err
    return virtual


@pytest.fixture
def submit(cli: Cli, deployed: VirtualDevice, tmp_path: Path) -> Submit:
    """Submits a small run that this host remembers, and returns its folder on the device."""

    def make(run_id: str) -> RunFolder:
        spec = small_spec(run_id)
        record = RunRecord(
            run_id=run_id, device="virtual", study_file="s.yaml", workspace=str(tmp_path)
        )
        RunRecords(cli.home / "runs").save(record)
        folder = record.place.run(run_id)
        folder.mkdir(parents=True)
        (folder / SPEC_NAME).write_bytes(codec.encode_pretty(spec))
        runs = Runs(deployed.layout)
        runs.submit(codec.encode(spec))
        return runs.folder(run_id)

    return make


def ended(cli: Cli, submit: Submit, run_id: str) -> RunFolder:
    folder = submit(run_id)
    assert cli("attach", run_id).code == 0
    return folder


def test_a_damaged_run_hides_no_other_and_stops_no_deploy(cli: Cli, submit: Submit) -> None:
    """Status shows it with its reason and a remedy beside the others; a deploy is healthy."""
    ended(cli, submit, "sound")
    damaged = ended(cli, submit, "broken")
    damaged.journal.write_bytes(b"scrambled" * 999)
    damaged.spec.write_bytes(b"{")
    done = cli("status", "--target", "virtual")
    assert done.code == 0
    assert "sound  finished" in done.out
    assert "broken  is damaged" in done.out
    assert "remedy: " in done.err
    found = cli("status", "--json").json()["virtual"]
    assert [run["run_id"] for run in found["unreadable"]] == ["broken"]
    assert cli("deploy", "--target", "virtual").code == 0
    for command in ("cancel", "attach"):
        assert_error(cli(command, "broken"), "Run broken is damaged")
    for path in damaged.bundle.iterdir():
        path.unlink() if path.is_file() else None
    damaged.bundle.rename(damaged.bundle.with_name("elsewhere"))
    assert_error(cli("collect", "broken"), "Run broken is damaged")


def test_cancelling_an_ended_run_says_that_it_had_ended(cli: Cli, submit: Submit) -> None:
    """It stays as it is, and its bundle can be fetched."""
    ended(cli, submit, "over")
    done = cli("cancel", "over")
    assert done.code == 0
    assert "has ended: finished" in done.err


def test_a_cancelled_run_is_told_without_a_word_twice(cli: Cli, submit: Submit) -> None:
    """Attach fails with what can be done; a second cancel changes nothing."""
    folder = ended(cli, submit, "stopped")
    with Journal(folder.journal, writable=True) as journal:
        journal.append([StateChanged(state="cancelled", reason="cancelled by the user")])
    assert_error(cli("attach", "stopped"), "Run stopped was cancelled by the user.", "host resume")
    assert "has ended: cancelled by the user." in cli("cancel", "stopped").err


def test_resuming_a_finished_run_says_that_nothing_is_left(cli: Cli, submit: Submit) -> None:
    """It is no failure, and the next step is told."""
    ended(cli, submit, "complete")
    done = cli("resume", "complete")
    assert done.code == 0
    assert "complete had finished before" in done.err
    assert "host collect complete" in done.err


def test_a_changed_host_key_ends_attach_at_once(
    cli: Cli, submit: Submit, virtual: VirtualDevice
) -> None:
    """The key error is told, and nobody waits for the device to change its mind."""
    submit("mine")
    other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 42 + "A"
    cli.inventory.add(dataclasses.replace(virtual.device, host_key=other), replace=True)
    try:
        assert_error(cli("attach", "mine", timeout=30), "HAS CHANGED", "devices trust")
    finally:
        cli.inventory.add(virtual.device, replace=True)


def test_events_that_are_a_folder_are_told(cli: Cli, submit: Submit, tmp_path: Path) -> None:
    """What stands in the way is named."""
    submit("blocked")
    (tmp_path / "runs" / "blocked" / "events.jsonl").mkdir()
    assert_error(cli("attach", "blocked"), "events.jsonl", "Is a directory")


@pytest.mark.parametrize("output", ["file", "file/below", "/proc/nothing/bundle"])
def test_an_output_that_cannot_be_one_is_told(
    cli: Cli, submit: Submit, tmp_path: Path, output: str
) -> None:
    """A file, a place below a file, a place that no folder can be made in."""
    (tmp_path / "file").touch()
    run_id = f"out-{len(output)}"
    submit(run_id)
    assert_error(cli("collect", run_id, "--output", tmp_path / output), str(tmp_path / output)[:12])


@pytest.mark.parametrize("command", ["attach", "collect", "cancel", "resume"])
def test_an_overly_long_run_id_is_unknown(cli: Cli, command: str) -> None:
    """No file system's limit is met; the message stays short."""
    done = cli(command, "x" * 5000, "--target", "virtual")
    assert_error(done)
    assert len(done.err) < 1500


def test_trusting_this_machine_is_explained(cli: Cli) -> None:
    """A local device has no host key."""
    assert cli("devices", "add", "here", "local").code == 0
    try:
        assert_error(cli("devices", "trust", "here"), "this machine itself", "no host key")
    finally:
        cli.inventory.remove("here")


def test_a_device_is_named_once(cli: Cli, virtual: VirtualDevice) -> None:
    """Errors that name their device are not given its name again."""
    gone = dataclasses.replace(virtual.device, name="gone", port=1)
    cli.inventory.add(gone, replace=True)
    try:
        done = cli("status", "--target", "gone")
        assert done.code == 1
        assert done.err.count("gone") == 1, done.err
    finally:
        cli.inventory.remove("gone")
