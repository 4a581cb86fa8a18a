"""The virtual device behaves as a machine does, and leaves nothing behind."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.service.lock import serving_pid
from host.demo.virtual_device import start_virtual_device
from host.demo.virtual_device.launch import layout_below
from host.deploy.deploy import deploy
from host.transport.connect import connect
from host.transport.session import TransportError
from tests.devices.sshd import make_key

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test's device is a new one under the same name, so what it signs with is pinned anew."""
    monkeypatch.setenv("XTREME_EDGE_HOME", str(tmp_path_factory.mktemp("home")))


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait for something that happens in another process; bounded."""
    deadline_s = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Say whether the process is there and not just waiting to be reaped."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_it_has_a_home_and_a_clean_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands see the device's home, and nothing of the host's environment."""
    monkeypatch.setenv("SECRET_OF_THE_HOST", "1")
    with start_virtual_device(tmp_path) as virtual, connect(virtual.device) as session:
        told = session.run(["sh", "-c", "echo $HOME; pwd; env"]).stdout.decode().splitlines()
    assert told[:2] == [str(tmp_path / "home")] * 2
    assert not [line for line in told if line.startswith("SECRET")]


def test_it_listens_on_loopback_alone(tmp_path: Path) -> None:
    """No other machine can reach it."""
    with start_virtual_device(tmp_path) as virtual:
        listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    port = f":{virtual.device.port:04X}"
    addresses = [
        line.split()[1]
        for line in listening.splitlines()
        if line.split()[1].endswith(port) and line.split()[3] == "0A"
    ]
    assert addresses == [f"0100007F{port}"]


def test_only_its_own_key_gets_in(tmp_path: Path) -> None:
    """Another key is refused, and passwords are not even offered."""
    make_key(tmp_path / "stranger")
    with start_virtual_device(tmp_path / "device") as virtual:
        stranger = dataclasses.replace(virtual.device, key=str(tmp_path / "stranger"))
        with pytest.raises(TransportError, match="accepts none of the keys"), connect(stranger):
            pass


def test_it_is_the_same_device_after_a_restart(tmp_path: Path) -> None:
    """Keys and home outlive the server, so that a pinned key stays right."""
    with start_virtual_device(tmp_path) as first, connect(first.device) as session:
        session.run(["sh", "-c", "echo kept > ~/file"])
    with start_virtual_device(tmp_path, port=first.device.port or 0) as second:
        assert second.device == first.device
        with connect(second.device) as session:
            assert session.run(["cat", str(tmp_path / "home" / "file")]).stdout == b"kept\n"


def test_command_ends_with_its_connection_but_a_daemon_does_not(tmp_path: Path) -> None:
    """A lost client takes its command along; what has detached itself lives on."""
    script = (
        "setsid sleep 300 </dev/null >/dev/null 2>&1 & "
        f"echo $! > {tmp_path}/daemon; echo $$ > {tmp_path}/command; echo ready; sleep 300"
    )
    with start_virtual_device(tmp_path / "device") as virtual:
        with connect(virtual.device) as session:
            lines = session.lines(["sh", "-c", script])
            assert next(lines) == b"ready"
        command, daemon = (int((tmp_path / n).read_text()) for n in ("command", "daemon"))
        wait_for(lambda: not is_running(command))
        assert is_running(daemon)
        os.kill(daemon, 9)


def test_stop_leaves_no_process(tmp_path: Path) -> None:
    """Stopping ends the server, its commands and the agent."""
    virtual = start_virtual_device(tmp_path)
    with connect(virtual.device) as session:
        deploy(session, virtual.device)
        pid = serving_pid(virtual.layout)
        lines = session.lines(["sh", "-c", "echo $$; sleep 300"])
        command = int(next(lines))
        virtual.stop()
    assert virtual.process.returncode == 0
    assert pid is not None
    assert not is_running(pid)
    wait_for(lambda: not is_running(command))


def test_stop_ends_an_agent_that_was_just_killed(tmp_path: Path) -> None:
    """An agent that is about to be started again is not left behind either."""
    virtual = start_virtual_device(tmp_path)
    with connect(virtual.device) as session:
        deploy(session, virtual.device)
    pid = serving_pid(virtual.layout)
    assert pid is not None
    os.kill(pid, 9)
    keeper = int(Path(virtual.layout.root / "keeper.pid").read_text())
    virtual.stop()
    wait_for(lambda: not is_running(keeper))
    assert serving_pid(virtual.layout) is None


def test_agent_can_outlive_the_server(tmp_path: Path) -> None:
    """A stop that leaves the agent alone is a cut cable: after a restart it still serves."""
    virtual = start_virtual_device(tmp_path)
    with connect(virtual.device) as session:
        deploy(session, virtual.device)
    pid = serving_pid(virtual.layout)
    virtual.stop(agent=False)
    assert serving_pid(virtual.layout) == pid
    with start_virtual_device(tmp_path) as again, connect(again.device) as session:
        deploy(session, again.device)
        assert serving_pid(again.layout) == pid
    assert serving_pid(again.layout) is None


def test_orphaned_device_ends_itself(tmp_path: Path) -> None:
    """When whoever started it dies without a word, server and agent end too."""
    script = (
        "import sys; from pathlib import Path\n"
        "from host.demo.virtual_device import start_virtual_device\n"
        "from host.transport.connect import connect\n"
        "from host.deploy.deploy import deploy\n"
        "virtual = start_virtual_device(Path(sys.argv[1]))\n"
        "with connect(virtual.device) as session: deploy(session, virtual.device)\n"
        "print(virtual.process.pid, virtual.device.port, flush=True)\n"
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    starter = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, check=False
    )
    server, port = map(int, starter.stdout.split())
    wait_for(lambda: not is_running(server))
    wait_for(lambda: serving_pid(layout_below(tmp_path)) is None)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_taken_port_is_told(tmp_path: Path) -> None:
    """A server that cannot start is an error with a remedy."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(DeviceError, match="did not start"),
    ):
        start_virtual_device(tmp_path, port=taken.getsockname()[1])


def test_any_ssh_client_can_use_it(tmp_path: Path) -> None:
    """OpenSSH's own client gets in, runs a command, and sees streams and status."""
    with start_virtual_device(tmp_path) as virtual:
        device = virtual.device
        (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{device.port} {device.host_key}\n")
        options = ["-F", "none", "-o", f"UserKnownHostsFile={tmp_path}/known_hosts"]
        done = subprocess.run(
            [
                *("ssh", *options, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"),
                *("-i", str(device.key), "-p", str(device.port), f"{device.user}@127.0.0.1"),
                "cat; echo oops >&2; exit 5",
            ],
            input=b"through",
            capture_output=True,
            check=False,
        )
    assert (done.stdout, done.stderr, done.returncode) == (b"through", b"oops\n", 5)
