"""The plain-process supervisor ends what is ours, however stubborn, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.layout import Layout
from host.deploy import process
from host.deploy.process import ProcessSupervisor
from host.transport.session import Session

STUBBORN = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True)"


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes of a test, ended at its end."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for one in processes:
        one.kill()
        one.wait()


def daemon(
    started: list[subprocess.Popen[bytes]], layout: Layout, code: str, *, ours: bool = True
) -> subprocess.Popen[bytes]:
    """Start a process and write its id where the daemon's would be."""
    environment = {"XTREME_EDGE_RELEASE": "/somewhere/releases/x"} if ours else {}
    command = [sys.executable, "-c", f"{code}\nimport time; time.sleep(300)"]
    started.append(subprocess.Popen(command, stdout=subprocess.PIPE, env=environment))
    assert started[-1].stdout is not None
    started[-1].stdout.readline()
    Path(layout.root).mkdir()
    Path(layout.lock).write_text(str(started[-1].pid))
    return started[-1]


def test_nothing_running_is_no_error(session: Session, layout: Layout) -> None:
    """A device without a daemon has nothing to stop."""
    ProcessSupervisor().stop(session, layout)


def test_daemon_is_ended_politely(
    session: Session, layout: Layout, started: list[subprocess.Popen[bytes]]
) -> None:
    """SIGTERM is enough for a daemon that heeds it; its unreaped rest does not hold it up."""
    ended = daemon(started, layout, "print(1, flush=True)")
    before_s = time.monotonic()
    ProcessSupervisor().stop(session, layout)
    assert ended.wait() == -15
    assert time.monotonic() - before_s < 10


def test_stubborn_daemon_is_killed(
    session: Session,
    layout: Layout,
    started: list[subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A daemon that ignores SIGTERM for too long is killed."""
    monkeypatch.setattr(process, "_GRACE_S", 1)
    stubborn = daemon(started, layout, STUBBORN)
    ProcessSupervisor().stop(session, layout)
    assert stubborn.wait() == -9


def test_process_that_only_has_the_number_is_spared(
    session: Session, layout: Layout, started: list[subprocess.Popen[bytes]]
) -> None:
    """A stale process id that now is somebody else's is left alone."""
    other = daemon(started, layout, "print(1, flush=True)", ours=False)
    ProcessSupervisor().stop(session, layout)
    assert other.poll() is None


def test_log_that_cannot_be_written_is_told(session: Session, layout: Layout) -> None:
    """A state folder that is not there stops the start with a message of ours."""
    with pytest.raises(DeviceError):
        ProcessSupervisor().start(session, layout)
