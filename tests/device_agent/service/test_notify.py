"""The service manager hears what the daemon is doing, and nobody else has to."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from device_agent.service.notify import Heartbeat, Notifier
from tests.agents import PATIENCE_S


class Manager:
    """The receiving end, as systemd has it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(PATIENCE_S)

    def environment(self, watchdog_us: int | None = None) -> dict[str, str]:
        watchdog = {} if watchdog_us is None else {"WATCHDOG_USEC": str(watchdog_us)}
        return {"NOTIFY_SOCKET": str(self.path), **watchdog}

    def next(self) -> str:
        return self._socket.recv(4096).decode()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    made = Manager(tmp_path / "notify")
    yield made
    made.close()


def test_daemon_tells_its_life(manager: Manager, tmp_path: Path) -> None:
    """Ready, what it does, alive, and stopping after SIGTERM, which ends it cleanly."""
    command = [sys.executable, "-m", "device_agent.cli", "serve", "--state", str(tmp_path / "s")]
    daemon = subprocess.Popen(command, env=manager.environment(60_000), stderr=subprocess.DEVNULL)
    try:
        first = [manager.next() for _ in range(3)]
        daemon.send_signal(signal.SIGTERM)
        while (message := manager.next()) == "WATCHDOG=1":
            pass
        assert daemon.wait(PATIENCE_S) == 0
    finally:
        daemon.kill()
    assert [m for m in first if m != "WATCHDOG=1"][:2] == ["READY=1", "STATUS=waiting for runs"]
    assert message == "STOPPING=1"


def test_a_hung_daemon_is_not_called_alive(manager: Manager) -> None:
    """Signs of life stop when nothing has moved for too long, and come back with progress."""
    now_s = 0.0
    heart = Heartbeat(Notifier(manager.environment()), stalled_after_s=900, now_s=lambda: now_s)
    assert heart.beat()
    now_s = 901.0
    assert not heart.beat()
    heart.progress()
    assert heart.beat()
    assert [manager.next(), manager.next()] == ["WATCHDOG=1", "WATCHDOG=1"]


def test_abstract_socket_is_understood() -> None:
    """A name that begins with @ is one of the abstract namespace."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind("\0xtreme-edge-test")
        Notifier({"NOTIFY_SOCKET": "@xtreme-edge-test"}).ready()
        assert receiver.recv(100) == b"READY=1"


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": "/no/such/socket"}])
def test_without_a_manager_nothing_happens(environment: dict[str, str]) -> None:
    """A plain process has nobody to tell, and a manager that is gone ends no run."""
    notifier = Notifier(environment)
    notifier.ready()
    assert notifier.watchdog_s is None
