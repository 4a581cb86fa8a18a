"""What goes wrong: a clear error with its remedy and its exit code, never a traceback."""

from __future__ import annotations

import dataclasses
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from host.demo.virtual_device.launch import VirtualDevice, start_virtual_device
from tests.host.cli.conftest import Cli, Result
from tests.small_disk import fill, mounted


def assert_error(done: Result, *fragments: str) -> None:
    assert done.code == 1, done.out
    assert "remedy: " in done.err
    for fragment in fragments:
        assert fragment in done.err, done.err


def test_every_mistake_of_a_study_file_is_told_with_its_line(cli: Cli, tmp_path: Path) -> None:
    """Three mistakes are three lines, each with its place, what was found and what was expected."""
    path = tmp_path / "study.yaml"
    path.write_text(
        "study: s\nquestion: q\ndata: nowhere\nbaseline: a\ntasks: [xnlli]\nvariants:\n"
        "  a: {regime: englisch, recipe: fp32, checkpoints: {xnli: c}}\n"
    )
    done = cli("export", path)
    assert_error(done, "xnlli", "xnli", "englisch", f"{path}:5", f"{path}:7", "nowhere")


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_that_is_no_checkpoint_is_refused(cli: Cli, tmp_path: Path, name: str) -> None:
    """A folder without a model says what a checkpoint has."""
    (tmp_path / "empty").mkdir()
    assert_error(cli("export", tmp_path / name, "--recipe", "fp32"), name)


def test_usage_errors_exit_with_2(cli: Cli, study: Path) -> None:
    """A wrong option is a usage error."""
    assert cli("export", study, "--recipe", "fp32").code == 2
    assert cli("run").code == 2


def test_an_unknown_target_lists_the_known_ones(cli: Cli, study: Path) -> None:
    """The inventory's devices are named."""
    assert_error(cli("run", study, "--target", "pi9"), "pi9", "virtual")


def test_an_unreachable_device_is_told(cli: Cli, study: Path, virtual: VirtualDevice) -> None:
    """Nobody listens there: the address and port are told."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cli.inventory.add(dataclasses.replace(virtual.device, name="gone", port=port), replace=True)
    assert_error(cli("deploy", study, "--target", "gone"), "gone", str(port))
    assert cli("status").code == 1
    cli.inventory.remove("gone")


def test_a_wrong_key_is_told_without_secrets(
    cli: Cli, study: Path, virtual: VirtualDevice, tmp_path: Path
) -> None:
    """The device refuses the key; the message names the file that was tried."""
    key = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    device = dataclasses.replace(virtual.device, name="locked", key=str(key))
    cli.inventory.add(device, replace=True)
    done = cli("deploy", study, "--target", "locked")
    assert_error(done, "locked", str(key))
    assert key.read_text().splitlines()[1] not in done.err
    cli.inventory.remove("locked")


def test_a_changed_host_key_is_refused(cli: Cli, study: Path, virtual: VirtualDevice) -> None:
    """Another pinned key than the device's: nothing is sent, both fingerprints are shown."""
    other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 42 + "A"
    device = dataclasses.replace(virtual.device, name="swapped", host_key=other)
    cli.inventory.add(device, replace=True)
    done = cli("deploy", study, "--target", "swapped")
    assert_error(done, "SHA256:", "host devices trust swapped")
    assert done.err.count("SHA256:") >= 2
    cli.inventory.remove("swapped")


def test_a_device_that_nobody_vouches_for_is_not_added(cli: Cli, virtual: VirtualDevice) -> None:
    """Adding needs a known host or a fingerprint; a wrong one is refused."""
    address = f"{virtual.device.user}@127.0.0.1"
    port = str(virtual.device.port)
    assert_error(cli("devices", "add", "new", address, "--port", port), "fingerprint")
    wrong = cli("devices", "add", "new", address, "--port", port, "--fingerprint", "SHA256:x")
    assert_error(wrong, "SHA256:x")
    assert "new" not in cli("devices", "list", "--json").json()


def test_a_run_on_a_device_without_an_agent_says_deploy_first(
    cli: Cli, study: Path, tmp_path: Path
) -> None:
    """The remedy is the command that is missing."""
    with start_virtual_device(tmp_path / "bare", name="bare") as bare:
        cli.inventory.add(bare.device, replace=True)
        assert_error(cli("run", study, "--target", "bare"), "host deploy --target bare")
        cli.inventory.remove("bare")


def test_a_run_before_the_export_says_export_first(cli: Cli, study: Path, tmp_path: Path) -> None:
    """The remedy is the command that is missing."""
    done = cli("run", study, "--output", tmp_path / "empty")
    assert_error(done, "not exported", "host export")


def test_an_unknown_run_is_told(cli: Cli) -> None:
    """Names of runs that were started from here are shown."""
    assert_error(cli("attach", "nope"), "nope")
    assert_error(cli("attach", "../../etc/passwd"), "passwd")


def test_what_is_no_bundle_is_told(cli: Cli, tmp_path: Path) -> None:
    """A folder without a manifest, and no folder at all."""
    assert cli("verify", tmp_path).code == 1
    assert cli("verify", tmp_path / "absent").code == 1
    assert cli("compare", tmp_path / "absent").code == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 90 MB, as a device's disk."""
    with mounted(tmp_path / "disk", "90m") as folder:
        yield folder


def test_a_disk_too_small_is_told_before_anything_is_sent(
    cli: Cli, study: Path, small_disk: Path
) -> None:
    """Free and needed megabytes stand in the message, and nothing was shipped."""
    with start_virtual_device(small_disk / "device", name="small") as small:
        (small_disk / "ballast").write_bytes(bytes(60 << 20))
        cli.inventory.add(small.device, replace=True)
        assert_error(cli("deploy", study, "--target", "small"), "MB free", "needed")
        assert not list(Path(small.layout.blobs).glob("*/*"))
        cli.inventory.remove("small")


@pytest.mark.slow
def test_a_disk_that_fills_up_in_the_run_ends_it_in_a_stated_reason(
    cli: Cli, study: Path, small_disk: Path
) -> None:
    """The run fails saying so, loses nothing, and `host resume` ends it once there is room."""
    with start_virtual_device(small_disk / "device", name="full") as full:
        cli.inventory.add(full.device, replace=True)
        assert cli("deploy", study, "--target", "full").code == 0
        submitted = cli("run", study, "--target", "full", "--detach", "--json")
        assert submitted.code == 0, submitted.err
        run = submitted.json()["run_id"]
        ballast = fill(small_disk)
        failed = cli("attach", run)
        assert_error(failed, "full", f"host resume {run}")
        ballast.unlink()
        assert cli("resume", run).code == 0
        assert cli("collect", run).code == 0
        cli.inventory.remove("full")
