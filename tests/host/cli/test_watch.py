"""`host watch` and `host open` over a real run on a virtual device."""

from __future__ import annotations

import dataclasses
import http.client
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from host.demo.virtual_device.launch import VirtualDevice, start_virtual_device
from host.inventory import Device
from host.runs.record import RunRecords
from host.watch.state import DeviceState
from host.watch.watcher import Watcher
from tests.devices.sshd import free_port, make_key
from tests.host.cli.conftest import Cli
from tests.host.watch.test_server import messages

pytestmark = pytest.mark.alone

PATIENCE_S = 60.0
# Where the tests run in the background, SIGINT is ignored, and children would inherit that.
_PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from host.cli import main
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def running(cli: Cli, virtual: VirtualDevice, study: Path) -> Iterator[str]:
    """A run on the virtual device that goes on for as long as these tests."""
    text = study.read_text(encoding="utf-8")
    study.write_text(
        re.sub(r"rounds: \d+, attempts: \d+", "rounds: 5000, attempts: 9000", text),
        encoding="utf-8",
    )
    deployed = cli("deploy", study, "--target", "virtual")
    assert deployed.code == 0, deployed.err
    submitted = cli("run", study, "--target", "virtual", "--detach", "--json")
    assert submitted.code == 0, submitted.err
    run_id = submitted.json()["run_id"]
    yield run_id
    cli("cancel", run_id)


def test_a_snapshot_shows_the_run_and_the_device_that_is_off(
    cli: Cli, running: str, tmp_path: Path
) -> None:
    """Both are shown, the exit code says that one was not reached, and nothing waits for ever."""
    alone = cli("watch", "--once", "--target", "virtual")
    assert alone.code == 0, alone.err
    for part in ("virtual  live", running, "serving", "samples", "GB free", "first", "p50 ms"):
        assert part in alone.out
    assert "\x1b" not in alone.out
    key = make_key(tmp_path / "key")
    off = Device(name="off", address="127.0.0.1", port=free_port(), service="process", host_key=key)
    cli.inventory.add(off)
    try:
        both = cli("watch", "--once", "--json")
    finally:
        cli.inventory.remove("off")
    assert both.code == 1, both.err
    devices = {one["name"]: one for one in map(json.loads, both.out.splitlines())}
    assert devices["off"]["link"] == "lost"
    assert "refuses the connection" in devices["off"]["link_reason"]
    (live,) = devices["virtual"]["live"]
    assert (live["run_id"], live["has_plan"]) == (running, True)
    assert live["total"] == sum(t["total"] for v in live["variants"] for t in v["tasks"])
    assert devices["virtual"]["readings"]["available_memory_bytes"] > 0
    assert devices["virtual"]["schema"] == "watch/1.0"


def watched(cli: Cli, *arguments: str) -> subprocess.Popen[str]:
    """Start a command that shows the run, with Ctrl-C as at a terminal."""
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=cli.environment,
        cwd=cli.folder,
    )


def test_changes_come_as_json_and_ctrl_c_leaves_the_run_alone(cli: Cli, running: str) -> None:
    """More of the run each time; then the view ends, and the run does not."""
    process = watched(cli, "watch", "--json", "--target", "virtual")
    assert process.stdout is not None
    steps: list[int] = []
    while len(set(steps)) < 3:
        device = json.loads(process.stdout.readline())
        for live in device["live"]:
            rounds = live["rounds"]
            steps.append(live["done"] + rounds["valid"] + rounds["invalid"])
    assert steps == sorted(steps)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert err.split("\n", 1)[0] == "No longer watched; the runs go on."
    assert "Traceback" not in err
    status = cli("status", "--target", "virtual", "--json").json()["virtual"]
    assert {run["run_id"]: run["state"] for run in status["runs"]}[running] == "running"


def until(watcher: Watcher, condition: Callable[[DeviceState], bool]) -> DeviceState:
    """Wait until the only device looks like that."""
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        (device,) = watcher.seen().devices
        if condition(device):
            return device
        time.sleep(0.1)
    raise AssertionError(device)


@pytest.fixture(scope="module")
def restarted(virtual: VirtualDevice) -> Iterator[list[VirtualDevice]]:
    """SSH servers that have taken the place of one that was killed; they end with these tests."""
    servers: list[VirtualDevice] = []
    yield servers
    for server in servers:
        server.stop(agent=False)


def test_a_killed_connection_is_shown_and_comes_back(
    cli: Cli, virtual: VirtualDevice, running: str, restarted: list[VirtualDevice]
) -> None:
    """Lost, with the age of the last word; then live again, and no event is missed or doubled."""
    with Watcher([virtual.device], records=RunRecords(cli.home / "runs")) as watcher:
        before = until(watcher, lambda one: bool(one.live and one.readings))
        virtual.process.kill()
        virtual.process.wait()
        lost = until(watcher, lambda one: one.link == "lost")
        assert lost.live[0].done >= before.live[0].done
        assert lost.link_reason
        assert (until(watcher, lambda one: (one.heard_age_s or 0) > 2)).link == "lost"
        restarted.append(start_virtual_device(virtual.root, port=virtual.device.port or 0))
        back = until(watcher, lambda one: one.link == "connected" and one.link_reason is None)
        seen = rounds_of(back)
        until(watcher, lambda one: one.link == "connected" and rounds_of(one) > seen)


def test_a_run_from_elsewhere_is_followed_from_now_on(
    virtual: VirtualDevice, running: str, tmp_path: Path
) -> None:
    """Its plan is not here: no totals by task, and nothing that was before is read."""
    with Watcher([virtual.device], records=RunRecords(tmp_path)) as watcher:
        device = until(watcher, lambda one: bool(one.live and rounds_of(one) > 0))
        (live,) = device.live
        assert (live.run_id, live.has_plan, live.left_s) == (running, False, None)
        assert all(task.total is None for one in live.variants for task in one.tasks)
        seen = rounds_of(device)
        until(watcher, lambda one: rounds_of(one) > seen)


def test_another_host_key_is_refused(virtual: VirtualDevice, tmp_path: Path) -> None:
    """What answers is not the device that was trusted, so nothing tries again."""
    other = dataclasses.replace(virtual.device, host_key=make_key(tmp_path / "key"))
    with Watcher([other]) as watcher:
        device = until(watcher, lambda one: one.link != "connecting")
        assert device.link == "refused"
        assert device.remedy


def rounds_of(device: DeviceState) -> int:
    """Return a count that grows with whatever happens in the run."""
    (live,) = device.live
    rounds = live.rounds
    return live.done + (rounds.valid + rounds.invalid if rounds else 0)


def test_the_page_follows_the_run(cli: Cli, running: str) -> None:
    """The printed address has it, its stream goes on with the run, and Ctrl-C ends the page."""
    process = watched(cli, "open", "virtual", "--no-browser")
    assert process.stdout is not None
    address = urlsplit(process.stdout.readline().strip())
    assert (address.hostname, address.scheme) == ("127.0.0.1", "http")
    connection = http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=30)
    connection.request("GET", f"{address.path}events")
    seen: set[str] = set()
    for message in messages(connection.getresponse()):
        if running in message.get("data", ""):
            seen.add(message["data"])
        if len(seen) > 2:
            break
    connection.close()
    connection.request("GET", address.path.replace("/", "/x", 1))
    assert connection.getresponse().status == 403
    connection.close()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "the runs go on" in err
    assert "Traceback" not in err


def test_watching_a_run_ends_with_it(cli: Cli, running: str) -> None:
    """A cancelled one with exit code 1; what stands there last is its end."""
    process = watched(cli, "watch", running, "--json")
    plain = watched(cli, "watch", running)
    for one in (process, plain):
        assert one.stdout is not None
        assert one.stdout.readline()
    assert cli("cancel", running).code == 0
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1, err
    (live,) = json.loads(out.splitlines()[-1])["live"]
    assert (live["run_id"], live["phase"]) == (running, "cancelled")
    out, err = plain.communicate(timeout=PATIENCE_S)
    assert plain.returncode == 1, err
    assert out.splitlines()[-1].startswith("virtual: connected")
    assert "cancelled by the user" in out.splitlines()[-1]
    once = cli("watch", running, "--once")
    assert (once.code, "cancelled by the user" in once.out) == (0, True), once.err


def test_a_collected_run_opens_as_its_report(cli: Cli, running: str) -> None:
    """Made from the bundle; before it is here, there is no report to open."""
    assert cli("collect", running).code == 0
    opened = cli("open", running, "--no-browser")
    assert opened.code == 0, opened.err
    path = Path(urlsplit(opened.out.strip()).path)
    assert path.name == f"{running}.html"
    assert "<html" in path.read_text(encoding="utf-8")
    assert cli("open", path, "--no-browser").out == opened.out
    assert cli("open", "missing.html", "--no-browser").code == 2


def test_a_run_that_is_not_there_any_more_is_not_waited_for(
    cli: Cli, running: str, virtual: VirtualDevice
) -> None:
    """As after an eviction: it is told, rather than nothing for ever."""
    shutil.rmtree(Path(virtual.layout.runs) / running)
    ended = cli("watch", running, "--json", timeout=PATIENCE_S)
    assert ended.code == 1
    assert f"Run {running} is not on virtual any more" in ended.err
