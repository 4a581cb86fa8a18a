"""The agent as a service, for real: a Debian with systemd, booted, deployed to, broken, rebooted.

The tests tell one story on one device and run in this order; each also runs alone.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

import device_agent
from device_agent.contract.errors import DeviceError
from device_agent.contract.runspec import TERMINAL_STATES, RunSpec
from device_agent.contract.status import RunStatus
from device_agent.layout import SYSTEM_STATE, Layout
from host.agent import Agent
from host.deploy.deploy import deploy, plan_deploy
from host.deploy.place import find
from host.deploy.rollback import roll_back
from host.deploy.undeploy import undeploy
from host.inventory import Device, Signers
from host.transport.connect import connect
from tests.devices.nspawn import NspawnDevice
from tests.devices.rootfs import UnavailableError
from tests.host.cli.conftest import Cli
from tests.tiny import TinyRun

# The first use of the device builds its root file system.
pytestmark = [pytest.mark.timeout(900), pytest.mark.slow]

LAYOUT = Layout(SYSTEM_STATE)
CANNOT_SERVE = "\n\ndef serve(*_: object) -> None:\n    raise SystemExit('no room for agents')\n"
PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NspawnDevice]:
    """The booted device; skipped, with the reason, where it cannot be had."""
    try:
        device = NspawnDevice(tmp_path_factory.mktemp("board"))
    except UnavailableError as error:
        pytest.skip(f"no device with systemd can be booted here: {error}")
    yield device
    device.stop()


@pytest.fixture
def change_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the next deploys ship an agent whose daemon has some more code at its end."""

    def change(code: str) -> None:
        copy = tmp_path / "device_agent"
        shutil.copytree(Path(device_agent.__file__).parent, copy, dirs_exist_ok=True)
        with (copy / "service" / "daemon.py").open("a", encoding="utf-8") as file:
            file.write(code)
        package = SimpleNamespace(__file__=str(copy / "__init__.py"))
        monkeypatch.setattr("host.deploy.wheel.device_agent", package)

    return change


@pytest.fixture
def deployed(board: NspawnDevice, tiny_run: TinyRun) -> NspawnDevice:
    """The device with the agent of this tree, and what the tiny run needs."""
    with connect(board.device) as session:
        deploy(session, board.device, tiny_run.blobs)
    return board


@pytest.fixture
def cli(board: NspawnDevice, tmp_path: Path) -> Cli:
    """The command line, whose inventory has the device."""
    made = Cli(tmp_path, tmp_path)
    made.inventory.add(board.device)
    # What `deploy` pinned in the tests' own home.
    pinned = Signers().current(board.device.name)
    if pinned is not None:
        Signers(tmp_path / "allowed_signers").accept(board.device.name, pinned)
    return made


def status_of(device: Device, run_id: str) -> RunStatus:
    """Return the run's status, asked over SSH."""
    with connect(device) as session:
        runs = Agent(session, find(session, device).layout, device.name).status().runs
    return next(run for run in runs if run.run_id == run_id)


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that happens on the device; bounded."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s, f"waited too long for {what}"
        time.sleep(0.2)


def long_run(tiny_run: TinyRun, run_id: str) -> RunSpec:
    """Return the tiny run with many variants, so that it can be disturbed in its middle."""
    first = tiny_run.spec.variants[0]
    names = [f"variant-{number}" for number in range(12)]
    variants = tuple(msgspec.structs.replace(first, name=name) for name in names)
    return msgspec.structs.replace(
        tiny_run.spec, run_id=run_id, variants=variants, modes=("accuracy",)
    )


def main_pid(board: NspawnDevice) -> int:
    """Return the daemon's process id inside; 0 while there is none."""
    return int(board.shell("systemctl show xtreme-edge --property=MainPID --value"))


def test_failed_first_deploy_leaves_no_service(
    board: NspawnDevice, change_agent: Callable[[str], None]
) -> None:
    """An agent that does not start is withdrawn with its unit, and the journal's end is shown."""
    change_agent(CANNOT_SERVE)
    with connect(board.device) as session, pytest.raises(DeviceError) as caught:
        deploy(session, board.device)
    assert "no room for agents" in caught.value.message
    assert "none is in force" in caught.value.message
    assert "xtreme-edge" not in board.shell("ls -R /etc/systemd")
    assert board.shell(f"ls {LAYOUT.releases}") == ""


def test_agent_is_a_locked_up_service(deployed: NspawnDevice) -> None:
    """It runs as a user of its own, active, enabled, without network; systemd says how safe."""
    shown = deployed.shell(
        "systemctl show xtreme-edge --property=ActiveState,UnitFileState,User,PrivateNetwork,Type"
    )
    assert set(shown.splitlines()) == {
        *("ActiveState=active", "UnitFileState=enabled", "User=xtreme-edge"),
        *("PrivateNetwork=yes", "Type=notify"),
    }
    interfaces = deployed.shell(
        f"nsenter --target {main_pid(deployed)} --net ip -brief link | cut -d' ' -f1"
    )
    assert interfaces == "lo"
    told = json.loads(deployed.shell("systemd-analyze security --json=short xtreme-edge.service"))
    assert sum(float(row["exposure"] or 0) for row in told) <= 1.5


def test_second_deploy_sends_and_restarts_nothing(
    deployed: NspawnDevice, tiny_run: TinyRun
) -> None:
    """The same content again costs no blob and leaves the service alone."""
    pid = main_pid(deployed)
    with connect(deployed.device) as session:
        again = deploy(session, deployed.device, tiny_run.blobs)
    assert (again.sent_blobs, again.sent_bytes) == (0, 0)
    assert again.service == "system"
    assert main_pid(deployed) == pid


def test_deploy_puts_a_changed_service_in_order(deployed: NspawnDevice, tiny_run: TinyRun) -> None:
    """A unit that somebody edited or disabled is that of the release again, and starts at boot."""
    unit = "/etc/systemd/system/xtreme-edge.service"
    deployed.shell(f"sed -i s/WatchdogSec=60/WatchdogSec=0/ {unit} && systemctl daemon-reload")
    deployed.shell("systemctl --quiet disable xtreme-edge")
    with connect(deployed.device) as session:
        deploy(session, deployed.device, tiny_run.blobs)
    assert deployed.shell("systemctl is-enabled xtreme-edge") == "enabled"
    assert deployed.shell(f"cmp {LAYOUT.current}/xtreme-edge.service {unit} && echo same") == "same"


def test_dry_run_tells_the_service(deployed: NspawnDevice) -> None:
    """The plan's first line says as what the agent runs, and why."""
    with connect(deployed.device) as session:
        first = plan_deploy(session, deployed.device).describe().splitlines()[0]
    assert "as a system service (xtreme-edge.service, user xtreme-edge)" in first


def test_study_runs_and_its_bundle_verifies(
    deployed: NspawnDevice, cli: Cli, tiny_study: Path, tmp_path: Path
) -> None:
    """Run, collect and verify through the command line; the journal knows the run by its field."""
    study = tmp_path / "study" / "study.yaml"
    shutil.copytree(tiny_study.parent, study.parent)
    text = study.read_text().replace("target: local", "target: board")
    study.write_text(text.replace("rounds: 5, attempts: 15", "rounds: 2, attempts: 6"))
    done = cli("run", study, "--json")
    assert done.code == 0, done.err
    run_id = done.json()["run_id"]
    collected = cli("collect", run_id, "--json")
    assert collected.code == 0, collected.err
    assert cli("verify", collected.json()["bundle"]).code == 0
    lines = deployed.shell(f"journalctl XTREME_EDGE_RUN={run_id} --output=json").splitlines()
    assert [json.loads(line)["PRIORITY"] for line in lines] == ["6"]


def test_frozen_daemon_is_restarted_by_the_watchdog(deployed: NspawnDevice) -> None:
    """A daemon that gives no sign of life is ended and started again."""
    folder = "/run/systemd/system/xtreme-edge.service.d"
    deployed.shell(
        f"mkdir -p {folder} && printf '[Service]\\nWatchdogSec=2\\nTimeoutAbortSec=1\\n' "
        f"> {folder}/quick.conf && systemctl daemon-reload && systemctl restart xtreme-edge"
    )
    pid = main_pid(deployed)
    time.sleep(3)
    assert main_pid(deployed) == pid
    deployed.shell(f"kill -STOP {pid}")
    wait_for(lambda: main_pid(deployed) not in (0, pid), "the restart")
    deployed.shell(f"rm -r {folder} && systemctl daemon-reload && systemctl restart xtreme-edge")


def test_killed_and_rebooted_in_mid_run_loses_nothing(
    deployed: NspawnDevice, tiny_run: TinyRun
) -> None:
    """SIGKILL, a reboot and a power cut in one run: it goes on each time, with every sample."""
    spec = long_run(tiny_run, "disturbed")
    device = deployed.device
    with connect(device) as session:
        Agent(session, LAYOUT, device.name).submit(spec)

    def disturb(do: Callable[[], object]) -> None:
        before = status_of(device, "disturbed").samples_done
        wait_for(lambda: status_of(device, "disturbed").samples_done > before, "some samples")
        assert status_of(device, "disturbed").state == "running"
        do()

    disturb(lambda: deployed.shell(f"kill -KILL {main_pid(deployed)}"))
    disturb(deployed.reboot)
    disturb(deployed.cut_power)
    wait_for(lambda: status_of(device, "disturbed").state in TERMINAL_STATES, "the end")
    end = status_of(device, "disturbed")
    assert (end.state, end.samples_done) == ("finished", end.samples_planned)


def test_later_deploy_that_fails_rolls_back(
    deployed: NspawnDevice, change_agent: Callable[[str], None]
) -> None:
    """An agent that does not start gives way to the one before, which serves again."""
    before = deployed.shell(f"readlink {LAYOUT.current}")
    change_agent(CANNOT_SERVE)
    with (
        connect(deployed.device) as session,
        pytest.raises(DeviceError, match=r"Rolled back: release .* is in force and well"),
    ):
        deploy(session, deployed.device)
    assert deployed.shell(f"readlink {LAYOUT.current}") == before
    assert deployed.shell("systemctl is-active xtreme-edge") == "active"


def test_rollback_goes_back_and_forth(
    deployed: NspawnDevice, cli: Cli, change_agent: Callable[[str], None]
) -> None:
    """`host rollback` puts the release before into force, and a second one this one again."""
    change_agent("\n# another release\n")
    with connect(deployed.device) as session:
        made = deploy(session, deployed.device)
        done = cli("rollback", "--target", "board", "--json")
        assert done.code == 0, done.err
        assert done.json() == {
            "device": "board",
            "release": made.previous,
            "previous": made.release,
        }
        status = Agent(session, LAYOUT, "board").status()
        assert (status.serving, status.release) == (True, made.previous)
        assert roll_back(session, deployed.device).release == made.release
    assert "rollback by=" in deployed.shell(f"tail -n 1 {LAYOUT.root}/audit.log")


def test_undeploy_spares_what_was_not_collected(deployed: NspawnDevice, tiny_run: TinyRun) -> None:
    """Bundles that nobody has are named, and nothing is touched."""
    with connect(deployed.device) as session:
        Agent(session, LAYOUT, "board").submit(long_run(tiny_run, "uncollected"))
        with pytest.raises(DeviceError, match="uncollected") as caught:
            undeploy(session, deployed.device, is_collected=lambda _: False)
    assert "--keep-results" in caught.value.remedy
    assert deployed.shell("systemctl is-active xtreme-edge") == "active"


def test_undeploy_leaves_nothing(deployed: NspawnDevice, cli: Cli) -> None:
    """Unit, user, group and state folder are gone, and named; a second time finds nothing."""
    done = cli("undeploy", "--target", "board", "--discard", "--json")
    assert done.code == 0, done.err
    assert done.json()["removed"] == [
        *("xtreme-edge.service", "user xtreme-edge", "group xtreme-edge", "/var/lib/xtreme-edge"),
    ]
    assert traces(deployed) == ""
    again = cli("undeploy", "--target", "board", "--json")
    assert (again.code, again.json()["removed"]) == (0, []), again.err


def traces(board: NspawnDevice) -> str:
    """Return the names of all files that are ours, and our lines in the user databases."""
    return board.shell(
        "find / -xdev -path /proc -prune -o -name '*xtreme-edge*' -print; "
        "find /run /etc /var/lib/systemd -name '*xtreme-edge*'; "
        "grep xtreme-edge /etc/passwd /etc/group /etc/shadow /etc/gshadow; true"
    )


def test_service_of_the_login_user_needs_no_root(board: NspawnDevice) -> None:
    """Without sudo the agent is a user service, comes back after a reboot, and goes traceless."""
    with connect(board.device) as session:
        undeploy(session, board.device, is_collected=lambda _: False, discard=True)
    board.shell("mv /etc/sudoers.d/dev /opt/")
    try:
        with connect(board.device) as session:
            system = dataclasses.replace(board.device, service="system")
            with pytest.raises(DeviceError, match="sudo refuses") as caught:
                deploy(session, system)
            assert "--user" in caught.value.remedy
            made = deploy(session, board.device)
            assert made.service == "user"
            assert "ends when its user logs out" in made.notes[0]
            board.shell("loginctl enable-linger dev")
            assert deploy(session, board.device).notes == ()
        board.reboot()
        wait_for(lambda: is_serving(board.device), "the agent after the reboot")
        with connect(board.device) as session:
            undeploy(session, board.device, is_collected=lambda _: False)
        assert traces(board) == ""
    finally:
        board.shell("mv /opt/dev /etc/sudoers.d/ && loginctl disable-linger dev")


def is_serving(device: Device) -> bool:
    """Say whether an agent serves."""
    with connect(device) as session:
        return Agent(session, find(session, device).layout, device.name).status().serving
