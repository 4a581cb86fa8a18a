"""Killed for lack of memory: once, the run goes on; again and again, it ends and says so."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from device_agent.contract.events import Resumed, StateChanged
from device_agent.journal import Journal
from device_agent.service.runs import Runs
from host.analysis.evidence.verify import verify_bundle
from tests.agents import LocalAgent
from tests.device_agent.service.interrupted_runs import SmallRun

_GROUPS = Path("/sys/fs/cgroup/memory")
_TIGHT_BYTES = 4 << 20


@pytest.fixture
def group() -> Iterator[Path]:
    """A group of processes whose memory can be limited."""
    folder = _GROUPS / f"xtreme-edge-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("a memory limit needs the right to make a control group (version 1)")
    yield folder
    with suppress(OSError):
        folder.rmdir()


def die_at_one_place(run: SmallRun, times: int, *, in_order: bool = False) -> None:
    """Leave the journal of an agent that died so many times before its first result."""
    with Journal(run.folder.journal, writable=True) as journal:
        again = Resumed(samples_done=0, rounds_done=0, in_order=in_order)
        journal.append([StateChanged(state="running"), *[again] * times])


def test_one_kill_by_the_kernel_costs_nothing(tmp_path: Path, group: Path) -> None:
    """The kernel ends the daemon as it takes the run up; the next start finishes it."""
    agent = LocalAgent(tmp_path)
    agent.start()
    assert agent.process is not None
    try:
        _wait_until_serving(agent)
        (group / "memory.limit_in_bytes").write_text(str(_TIGHT_BYTES))
        (group / "cgroup.procs").write_text(str(agent.process.pid))
        run = SmallRun(tmp_path, "accuracy")
        assert agent.process.wait(20) == -signal.SIGKILL
        agent.start()
        assert agent.wait_for_end(run.spec.run_id) == "finished"
    finally:
        agent.stop()
    run.require_whole()


def test_dying_at_one_place_ends_the_run_in_its_reason(tmp_path: Path) -> None:
    """After five deaths without a result it fails, names memory, and its bundle says the lack."""
    run = SmallRun(tmp_path, "accuracy")
    die_at_one_place(run, 5)
    run.execute()
    status = Runs(run.layout).status(run.folder)
    assert status.state == "failed"
    assert "died 5 times at the same place" in (status.reason or "")
    assert b"0 of 60 samples" in (run.folder.bundle / "manifest.json").read_bytes()
    assert not verify_bundle(run.folder.bundle).failures


def test_stopping_in_order_is_no_death(tmp_path: Path) -> None:
    """A board that is rebooted again and again does not lose its run for it."""
    run = SmallRun(tmp_path, "accuracy")
    die_at_one_place(run, 9, in_order=True)
    run.execute()
    run.require_whole()


def _wait_until_serving(agent: LocalAgent) -> None:
    deadline_s = time.monotonic() + 20
    while not Path(agent.layout.lock).is_file():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
