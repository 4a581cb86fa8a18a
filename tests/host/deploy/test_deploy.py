"""Whole deploys with the real agent: what is sent, what is in force, what is left alone."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.layout import Layout
from device_agent.service.lock import serving_pid
from host.agent import Agent
from host.demo.virtual_device.launch import stop_agent
from host.deploy.deploy import deploy, plan_deploy
from host.deploy.plan import Activate, CheckHealth, MakeRelease, Prune, Send
from host.inventory import Device
from host.transport.connect import connect
from host.transport.session import ConnectionLost, Session
from tests.devices.machines import KINDS, Machines
from tests.host.deploy.conftest import MakeBlob

MakePython = Callable[[str, str], str]
REFUSES_TO_SERVE = 'case " $* " in *" serve "*) echo no room for agents >&2; exit 3 ;; esac'


def in_force(layout: Layout) -> str | None:
    """Return the release that the state folder points to."""
    current = Path(layout.current)
    return current.readlink().name if current.is_symlink() else None


def releases(layout: Layout) -> set[str]:
    """Return the names of all release folders, half-made ones included."""
    return {path.name for path in Path(layout.releases).iterdir()}


@pytest.fixture(params=KINDS)
def any_device(
    request: pytest.FixtureRequest, machines: Machines, layout: Layout
) -> Iterator[Device]:
    """Each kind of machine: virtual, OpenSSH, and this one without SSH."""
    yield dataclasses.replace(
        machines.device(request.param), state=str(layout.root), python=sys.executable
    )
    stop_agent(layout)


def test_first_deploy_leaves_a_healthy_agent(
    any_device: Device, layout: Layout, make_blob: MakeBlob
) -> None:
    """After the first deploy the release is in force, serving, and the content is there."""
    blob = make_blob(b"some content")
    with connect(any_device) as session:
        result = deploy(session, any_device, [blob])
        status = Agent(session, layout, any_device.name).status()
    assert status.serving
    assert status.release == result.release == in_force(layout)
    assert result.previous is None
    assert "onnxruntime" in result.facts.runtimes
    assert Path(layout.blob(blob.digest)).read_bytes() == b"some content"


def test_second_deploy_sends_and_restarts_nothing(
    device: Device, session: Session, layout: Layout, make_blob: MakeBlob
) -> None:
    """The same content again costs no blob and leaves the daemon alone."""
    blobs = [make_blob(b"x" * 300_000), make_blob(b"y")]
    first = deploy(session, device, blobs)
    pid = serving_pid(layout)
    second = deploy(session, device, blobs)
    assert first.sent_blobs == 3
    assert (second.sent_blobs, second.sent_bytes, second.reused_blobs) == (0, 0, 3)
    assert second.release == first.release
    assert serving_pid(layout) == pid


def test_dry_run_tells_and_changes_nothing(
    device: Device, session: Session, layout: Layout, make_blob: MakeBlob
) -> None:
    """A plan names every step with its size, and the device is as it was."""
    plan = plan_deploy(session, device, [make_blob(b"x" * 2_000_000)])
    assert [type(step) for step in plan.steps] == [Send, MakeRelease, Activate]
    assert "send 2 blobs" in plan.describe()
    assert not Path(layout.root).exists()


def test_new_agent_replaces_the_old_one(
    device: Device, session: Session, layout: Layout, make_python: MakePython
) -> None:
    """Another release stops the old daemon, starts its own, and keeps the old release."""
    first = deploy(session, device)
    old_pid = serving_pid(layout)
    other = dataclasses.replace(device, python=make_python("other python", ":"))
    second = deploy(session, other)
    assert second.previous == first.release
    assert in_force(layout) == second.release != first.release
    assert serving_pid(layout) not in (None, old_pid)
    assert releases(layout) == {first.release, second.release}


def test_only_one_old_release_is_kept(
    device: Device, session: Session, layout: Layout, make_python: MakePython
) -> None:
    """A third release makes the first one go; the second can be rolled back to."""
    results = [
        deploy(session, dataclasses.replace(device, python=make_python(name, ":")))
        for name in ("one", "two", "three")
    ]
    assert releases(layout) == {results[1].release, results[2].release}


def test_failed_first_deploy_leaves_nothing_in_force(
    device: Device, session: Session, layout: Layout, make_python: MakePython
) -> None:
    """An agent that does not start on a fresh device is withdrawn, and its log is shown."""
    broken = dataclasses.replace(device, python=make_python("broken", REFUSES_TO_SERVE))
    with pytest.raises(DeviceError, match="failed its health check") as caught:
        deploy(session, broken)
    assert "no room for agents" in caught.value.message
    assert "none is in force" in caught.value.message
    assert in_force(layout) is None
    assert releases(layout) == set()
    assert deploy(session, device).release == in_force(layout)


def test_failed_deploy_rolls_back(
    device: Device, session: Session, layout: Layout, make_python: MakePython
) -> None:
    """An agent that does not start gives way to the one before, which serves again."""
    good = deploy(session, device)
    broken = dataclasses.replace(device, python=make_python("broken", REFUSES_TO_SERVE))
    with pytest.raises(DeviceError, match=f"Rolled back: release {good.release} is in force"):
        deploy(session, broken)
    assert in_force(layout) == good.release
    assert releases(layout) == {good.release}
    assert serving_pid(layout) is not None


def test_agent_without_runtime_is_not_healthy(
    device: Device, session: Session, layout: Layout, make_python: MakePython, tmp_path: Path
) -> None:
    """A daemon that serves, but whose runtime dies at import, is rolled back too."""
    for package in ("ai_edge_litert", "onnxruntime"):
        (tmp_path / "bad" / package).mkdir(parents=True)
        (tmp_path / "bad" / package / "__init__.py").write_text(
            "import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n"
        )
    python = make_python("no runtime", f'export PYTHONPATH="{tmp_path}/bad:$PYTHONPATH"')
    with pytest.raises(DeviceError, match="no runtime can be imported") as caught:
        deploy(session, dataclasses.replace(device, python=python))
    assert "onnxruntime: the process was killed by SIGILL" in caught.value.message
    assert in_force(layout) is None
    assert serving_pid(layout) is None


def test_agent_that_dies_of_a_signal_is_not_healthy(
    device: Device, session: Session, layout: Layout, make_python: MakePython
) -> None:
    """A probe that the processor refuses to run is a finding, not a lost connection."""
    dies = 'case " $* " in *" probe "*) kill -ILL $$ ;; esac'
    with pytest.raises(DeviceError, match="failed its health check") as caught:
        deploy(session, dataclasses.replace(device, python=make_python("no probe", dies)))
    assert caught.value.message.count(f"{device.name}: ") == 1
    assert in_force(layout) is None


def test_connection_lost_in_the_switch_is_made_good_by_the_next_deploy(
    device: Device, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cut between start and health check is told as such; deploying again finishes the job."""
    with connect(device) as session:
        probe = Agent.probe

        def cut(agent: Agent) -> object:
            monkeypatch.setattr(Agent, "probe", probe)
            session.close()
            return agent.probe()

        monkeypatch.setattr(Agent, "probe", cut)
        with pytest.raises(ConnectionLost):
            deploy(session, device)
    assert Path(layout.root / "deploy.lock").exists()
    with connect(device) as session:
        result = deploy(session, device)
    assert in_force(layout) == result.release
    assert not Path(layout.root / "deploy.lock").exists()


def test_interrupted_switch_rolls_back(
    device: Device,
    session: Session,
    layout: Layout,
    make_python: MakePython,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ctrl-C between switch and health check leaves the release before in force."""
    good = deploy(session, device)
    other = dataclasses.replace(device, python=make_python("other", ":"))
    interrupt_next_probe(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        deploy(session, other)
    assert in_force(layout) == good.release
    assert serving_pid(layout) is not None
    assert not Path(layout.root / "deploy.lock").exists()


def interrupt_next_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the next probe of any agent end in Ctrl-C, and later ones work."""
    probe = Agent.probe

    def interrupted(_: Agent) -> None:
        monkeypatch.setattr(Agent, "probe", probe)
        raise KeyboardInterrupt

    monkeypatch.setattr(Agent, "probe", interrupted)


def test_dead_daemon_is_started_again(device: Device, session: Session, layout: Layout) -> None:
    """A deploy to a device whose agent was killed brings it back, without sending anything."""
    first = deploy(session, device)
    pid = serving_pid(layout)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    again = deploy(session, device)
    assert again.release == first.release
    assert again.sent_blobs == 0
    assert serving_pid(layout) not in (None, pid)


def test_killed_daemon_comes_back_by_itself(
    device: Device, session: Session, layout: Layout
) -> None:
    """A kill, as by a lack of memory, is made good without the host, again and again."""
    deploy(session, device)
    for _ in range(2):
        pid = serving_pid(layout)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda gone=pid: serving_pid(layout) not in (None, gone))


def test_daemon_that_keeps_dying_is_given_up(
    device: Device, session: Session, layout: Layout, make_python: MakePython, tmp_path: Path
) -> None:
    """A release whose daemon is killed at each start does not stay, and is not tried for ever."""
    count = f'case " $* " in *" serve "*) echo x >> "{tmp_path}/starts"; kill -9 $$ ;; esac'
    with pytest.raises(DeviceError, match="ended right after its start"):
        deploy(session, dataclasses.replace(device, python=make_python("dying", count)))
    assert (tmp_path / "starts").read_text() == "x\n" * 5
    assert in_force(layout) is None


def test_agent_of_another_origin_is_told(device: Device, session: Session, layout: Layout) -> None:
    """An agent that somebody started by hand is not taken for the release, nor killed."""
    started = subprocess.Popen(
        [sys.executable, "-m", "device_agent.cli", "serve", "--state", str(layout.root)],
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: serving_pid(layout) == started.pid)
    with pytest.raises(DeviceError, match=rf"\(process {started.pid}\) serves") as caught:
        deploy(session, device)
    assert f"kill {started.pid}" in caught.value.remedy
    assert started.poll() is None
    started.terminate()
    started.wait()


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait for something that happens in another process; bounded."""
    deadline_s = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def test_steps_are_told_in_order(device: Device, session: Session) -> None:
    """Each step is told before it begins; a repeated deploy only checks."""
    told: list[type] = []
    deploy(session, device, on_step=lambda step: told.append(type(step)))
    assert told == [Send, MakeRelease, Activate]
    told.clear()
    deploy(session, device, on_step=lambda step: told.append(type(step)))
    assert told == [CheckHealth]
    assert Prune not in told


def test_every_deploy_is_audited(
    device: Device, session: Session, layout: Layout, make_python: MakePython
) -> None:
    """Each deploy, also a failed one, leaves a line that says who did what."""
    good = deploy(session, device)
    broken = dataclasses.replace(device, python=make_python("broken", REFUSES_TO_SERVE))
    with pytest.raises(DeviceError):
        deploy(session, broken)
    first, second = Path(layout.root / "audit.log").read_text().splitlines()
    assert f"release={good.release} previous=none service=process sent_blobs=1" in first
    assert first.endswith("result=ok")
    assert f"previous={good.release}" in second
    assert second.endswith("result=failed")


def test_interpreter_that_is_not_there_is_told(device: Device, session: Session) -> None:
    """An entry that names no interpreter is corrected, not worked around."""
    with pytest.raises(DeviceError, match="/no/python is no Python interpreter"):
        deploy(session, dataclasses.replace(device, python="/no/python"))


def test_interpreter_without_dependencies_is_told(device: Device, session: Session) -> None:
    """An interpreter that lacks the agent's dependencies is told, with the missing ones."""
    bare = "/usr/bin/python3"
    if not Path(bare).exists():
        pytest.skip("no second interpreter is here")
    with pytest.raises(DeviceError, match="lacks .*onnxruntime"):
        deploy(session, dataclasses.replace(device, python=bare))
