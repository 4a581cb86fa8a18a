"""The loop, command by command, as the README tells it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from device_agent.service.lock import serving_pid
from host.demo.virtual_device.launch import VirtualDevice, stop_agent
from tests.host.cli.conftest import Cli

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def run_id(cli: Cli, study: Path) -> str:
    """A run that went through to its end."""
    assert cli("deploy", study).code == 0
    done = cli("run", study, "--json")
    assert done.code == 0, done.err
    assert done.json()["state"] == "finished"
    return str(done.json()["run_id"])


@pytest.fixture(scope="module")
def bundle(cli: Cli, run_id: str) -> Path:
    """The bundle of that run."""
    done = cli("collect", run_id, "--json")
    assert done.code == 0, done.err
    return Path(done.json()["bundle"])


def test_exporting_again_does_nothing_again(cli: Cli, study: Path) -> None:
    """What is exported from the same inputs is reused, and said to be."""
    done = cli("export", study, "--json")
    assert done.code == 0
    assert all(row["reused"] for row in done.json())
    assert len(done.json()) == 10


def test_a_second_deploy_sends_nothing(cli: Cli, study: Path, run_id: str) -> None:
    """The device has all blobs already."""
    done = cli("deploy", study, "--json")
    assert done.code == 0
    assert done.json()["sent_blobs"] == 0
    assert done.json()["reused_blobs"] > 20


def test_a_dry_run_changes_nothing(cli: Cli, study: Path, run_id: str) -> None:
    """It tells the steps and leaves the release as it is."""
    before = cli("status", "--json").json()["virtual"]["release"]
    done = cli("deploy", study, "--dry-run")
    assert done.code == 0
    assert "1." in done.out
    assert cli("status", "--json").json()["virtual"]["release"] == before


def test_status_tells_the_run(cli: Cli, run_id: str) -> None:
    """The device's agent serves and has finished the run."""
    found = cli("status", "--target", "virtual", "--json").json()["virtual"]
    assert found["serving"]
    assert {run["run_id"]: run["state"] for run in found["runs"]}[run_id] == "finished"


def test_attach_shows_an_ended_run_from_its_first_event(cli: Cli, run_id: str) -> None:
    """Attaching after the end tells the scores and ends."""
    done = cli("attach", run_id)
    assert done.code == 0
    assert "xquad" in done.err
    assert "run finished" in done.err


def test_the_bundle_verifies_and_one_changed_byte_is_named(
    cli: Cli, bundle: Path, tmp_path: Path
) -> None:
    """A whole bundle is ok; a flipped byte fails with exit code 1 and the file's name."""
    assert cli("verify", bundle).code == 0
    broken = tmp_path / "broken"
    shutil.copytree(bundle, broken)
    gold = next((broken / "gold").glob("xnli.*"))
    data = bytearray(gold.read_bytes())
    data[len(data) // 2] ^= 1
    gold.write_bytes(data)
    done = cli("verify", broken)
    assert done.code == 1
    assert gold.name in done.out
    refused = cli("compare", broken)
    assert refused.code == 1
    assert gold.name in refused.err


def test_compare_tells_the_same_to_people_and_machines(cli: Cli, bundle: Path) -> None:
    """The JSON headline stands in the text; the exit code tells whether it went against."""
    machine = cli("compare", bundle, "--json")
    people = cli("compare", bundle)
    assert machine.code == people.code
    assert machine.code == (3 if machine.json()["went_against_baseline"] else 0)
    words = machine.json()["headline"].split()[:4]
    assert all(word in people.out for word in words)


def test_the_report_is_one_file_that_needs_no_network(
    cli: Cli, bundle: Path, tmp_path: Path
) -> None:
    """The page has the verdict and no reference to anything outside itself."""
    page = tmp_path / "report.html"
    assert cli("report", bundle, "--output", page).code == 0
    text = page.read_text(encoding="utf-8")
    assert "xquad" in text
    for reference in ('src="http', 'href="http', "@import", "url(http"):
        assert reference not in text
    assert len(text) < 5_000_000


def test_a_killed_agent_and_a_killed_host_lose_nothing(
    cli: Cli, study: Path, bundle: Path, virtual: VirtualDevice
) -> None:
    """SIGKILL for the agent and the host in mid-run; attach sees the run to an equal end."""
    watching = subprocess.Popen(
        cli.argv("run", study), env=cli.environment, cwd=cli.folder, stderr=subprocess.DEVNULL
    )
    run = _wait_for_new_run(cli, bundle.name)
    pid = _serving(virtual)
    os.kill(pid, signal.SIGKILL)
    watching.kill()
    watching.wait()
    done = cli("attach", run)
    assert done.code == 0, done.err
    assert _serving(virtual) != pid
    assert cli("collect", run).code == 0
    again = bundle.parent / run
    assert cli("verify", again).code == 0
    first, second = (cli("compare", b, "--json").json() for b in (bundle, again))
    assert _scores(first) == _scores(second)


def test_a_detached_run_can_be_cancelled_and_collected(cli: Cli, study: Path, run_id: str) -> None:
    """`run --detach` returns at once; `cancel` ends it; the bundle says what it lacks."""
    submitted = cli("run", study, "--detach", "--json")
    assert submitted.code == 0
    run = submitted.json()["run_id"]
    assert cli("cancel", run).code == 0
    attached = cli("attach", run)
    assert attached.code == 1
    assert "cancelled" in attached.err
    assert cli("collect", run).code == 0


def test_a_detached_run_without_an_agent_is_a_failure(
    cli: Cli, study: Path, run_id: str, virtual: VirtualDevice
) -> None:
    """It is queued, the message says how to start the agent, and then it begins."""
    stop_agent(virtual.layout)
    submitted = cli("run", study, "--detach", "--json")
    assert submitted.code == 1
    assert "host deploy --target virtual" in submitted.err
    run = submitted.json()["run_id"]
    assert cli("deploy", "--target", "virtual").code == 0
    assert cli("cancel", run).code == 0
    assert "cancelled" in cli("attach", run).err


def test_more_threads_than_cores_are_refused_with_the_figure(
    cli: Cli, study: Path, run_id: str
) -> None:
    """The device says how many it has."""
    many = study.with_name("many.yaml")
    text = study.read_text(encoding="utf-8").replace("threads: 1", "threads: 4096")
    many.write_text(text, encoding="utf-8")
    done = cli("run", many, "--detach")
    assert done.code == 1
    assert "wants 4096 threads, and the device has" in done.err


def _wait_for_new_run(cli: Cli, known: str) -> str:
    deadline_s = time.monotonic() + 60
    while time.monotonic() < deadline_s:
        for run in cli("status", "--json").json()["virtual"]["runs"]:
            if run["run_id"] != known and run["state"] == "running" and run["samples_done"] > 20:
                return str(run["run_id"])
    raise AssertionError("the run did not start")


def _serving(virtual: VirtualDevice) -> int:
    deadline_s = time.monotonic() + 30
    while time.monotonic() < deadline_s:
        pid = serving_pid(virtual.layout)
        if pid is not None:
            return pid
    raise AssertionError("no agent serves")


def _scores(comparison: dict[str, object]) -> object:
    runs = comparison["runs"]
    assert isinstance(runs, list)
    return [[(v["name"], v["average"], v["tasks"]) for v in run["variants"]] for run in runs]
