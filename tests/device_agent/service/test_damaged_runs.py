"""The daemon and the verbs as processes, beside a run that is damaged."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from device_agent.contract.bundle import MANIFEST_NAME
from device_agent.contract.events import StateChanged
from device_agent.journal import Journal
from device_agent.service.runs import RunFolder
from tests.agents import LocalAgent
from tests.device_agent.service.small_runs import submit
from tests.signing import give_key, sign_bundle
from tests.small_disk import fill


def verb(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "device_agent.cli", "--errors", "json", *words]
    return subprocess.run(
        [*argv, "--state", str(state)], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def damaged(tmp_path: Path) -> RunFolder:
    """A damaged run that waits, before a sound one."""
    folder, _ = submit(tmp_path, "damaged", "sound")
    folder.spec.write_bytes(b'{"half')
    return folder


def test_the_daemon_works_off_what_comes_after_a_damaged_run(
    tmp_path: Path, damaged: RunFolder
) -> None:
    """The sound run ends, the damaged one is left as it is and told once in the log."""
    agent = LocalAgent(tmp_path)
    log = tmp_path / "log"
    with log.open("wb") as file:
        agent.process = subprocess.Popen(
            [sys.executable, "-m", "device_agent.cli", "serve", "--state", str(tmp_path)],
            stderr=file,
        )
        assert agent.wait_for_end("sound") == "finished"
        time.sleep(1.0)  # several looks at the queue
        assert agent.kill(signal.SIGTERM) == 0
    assert log.read_text().count("run damaged is passed over") == 1
    assert damaged.spec.read_bytes() == b'{"half'


def test_status_lists_the_sound_and_the_damaged(tmp_path: Path, damaged: RunFolder) -> None:
    """One damaged folder is one line of the answer, and no failure."""
    done = verb(tmp_path, "status")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert [run["run_id"] for run in answer["runs"]] == ["sound"]
    assert [run["run_id"] for run in answer["unreadable"]] == ["damaged"]


@pytest.mark.parametrize("name", ["cancel", "stream", "bundle"])
def test_verbs_on_a_damaged_run_say_so(tmp_path: Path, damaged: RunFolder, name: str) -> None:
    """The failure names the run and the file, and has a remedy; no traceback."""
    done = verb(tmp_path, name, "damaged")
    assert done.returncode == 1
    failure = json.loads(done.stderr)
    assert "Run damaged is damaged" in failure["message"]
    assert "spec.json" in failure["message"]
    assert "rm -r" in failure["remedy"]


def test_a_sealed_bundle_is_given_out_though_the_journal_is_damaged(tmp_path: Path) -> None:
    """What was sealed does not need the journal any more."""
    (folder,) = submit(tmp_path, "sealed")
    folder.bundle.mkdir()
    (folder.bundle / MANIFEST_NAME).write_bytes(b"{}")
    sign_bundle(folder.bundle)
    folder.journal.write_bytes(b"scrambled" * 999)
    assert verb(tmp_path, "bundle", "sealed").returncode == 0


@pytest.mark.parametrize("has_key", [True, False], ids=["own user", "login user"])
def test_a_run_that_nobody_can_seal_is_told_as_damaged(tmp_path: Path, *, has_key: bool) -> None:
    """An event that was damaged before the run was sealed is the reason, not a lack of patience."""
    (folder,) = submit(tmp_path, "run")
    with Journal(folder.journal, writable=True) as journal:
        journal.append([StateChanged(state="running")])
        journal.append([StateChanged(state="finished")])
    with sqlite3.connect(folder.journal) as database:
        database.execute("UPDATE event SET body = '{\"kin' WHERE seq = 2")
    database.close()
    if has_key:
        give_key(tmp_path)
    done = verb(tmp_path, "bundle", "run")
    assert done.returncode == 1
    failure = json.loads(done.stderr)
    assert "Run run is damaged: journal.sqlite event 2" in failure["message"]
    assert "host run STUDY.yaml" in failure["remedy"]


def test_a_full_disk_at_sealing_is_told_with_its_remedy(small_disk: Path) -> None:
    """A bundle that cannot be sealed for lack of room says so, and is given out once there is."""
    (folder,) = submit(small_disk, "run")
    give_key(small_disk)
    with Journal(folder.journal, writable=True) as journal:
        journal.append([StateChanged(state="finished")])
    ballast = fill(small_disk)
    done = verb(small_disk, "bundle", "run")
    assert done.returncode == 1
    failure = json.loads(done.stderr)
    assert "No space left" in failure["message"] or "the disk is full" in failure["message"]
    assert "Free space on the device" in failure["remedy"]
    ballast.unlink()
    assert verb(small_disk, "bundle", "run").returncode == 0
