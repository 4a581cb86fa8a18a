"""A disk that is full or read-only: a stated reason, and nothing lost once that has passed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from device_agent.contract.errors import DeviceError, XtremeEdgeError
from device_agent.contract.events import StateChanged
from device_agent.service.daemon import serve
from device_agent.service.damage import is_damage
from device_agent.service.runs import Runs
from host.analysis.evidence.verify import verify_bundle
from tests.device_agent.service.interrupted_runs import SmallRun
from tests.small_disk import fill, mounted


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    with mounted(tmp_path / "disk", "3m") as folder:
        yield folder


def once(condition: Callable[[], bool], act: Callable[[], object]) -> Callable[[], None]:
    """Return what acts the first time that the condition holds."""
    done: list[object] = []

    def look() -> None:
        if not done and condition():
            done.append(act())

    return look


@pytest.mark.parametrize("mode", ["accuracy", "performance"])
def test_full_disk_ends_the_run_in_its_reason_and_it_goes_on(disk: Path, mode: str) -> None:
    """The reserve pays for the end's line; submitted again, it finishes with everything once."""
    run = SmallRun(disk, mode)
    begun = {
        # The first samples are not journalled yet: it is their commit that fails.
        "accuracy": lambda: run.events()[-1].seq > 2,
        "performance": lambda: run.rounds_done() > 0,
    }[mode]
    # There may be no room for its bundle: the daemon tries that again.
    with suppress(XtremeEdgeError, OSError):
        run.execute(once(begun, lambda: fill(disk)))
    status = Runs(run.layout).status(run.folder)
    assert status.state == "failed"
    assert re.search("disk is full|No space left", status.reason or "")
    (disk / "ballast").unlink()
    run.submit()
    run.execute()
    run.require_whole()
    assert not verify_bundle(run.folder.bundle).failures


def test_full_disk_while_sealing_leaves_no_half_a_bundle(disk: Path) -> None:
    """There is no bundle until there is room for it; then it verifies."""
    run = SmallRun(disk, "accuracy")
    run.execute()
    shutil.rmtree(run.folder.bundle)
    ballast = fill(disk)
    with pytest.raises((XtremeEdgeError, OSError)) as refused:
        run.execute()
    assert not is_damage(refused.value)
    assert not run.folder.bundle.exists()
    ballast.unlink()
    run.execute()
    assert run.folder.is_sealed
    assert not verify_bundle(run.folder.bundle).failures


def test_disk_that_came_back_read_only_is_told_and_the_run_waits(disk: Path) -> None:
    """The daemon says so at its start, the run is as it was, and it finishes once one may write."""
    run = SmallRun(disk)
    run.execute_until(1)
    done = run.samples_done()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(DeviceError, match="cannot be written.*[Rr]ead-only"):
        serve(run.layout)
    with pytest.raises((XtremeEdgeError, OSError)) as refused:
        run.execute()
    assert not is_damage(refused.value)
    (unreadable,) = Runs(run.layout).overview().unreadable
    assert "write permission" in unreadable.remedy
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert run.samples_done() == done
    run.execute()
    run.require_whole()
    assert not verify_bundle(run.folder.bundle).failures


def test_disk_that_becomes_read_only_ends_the_run_in_its_reason(disk: Path) -> None:
    """What the system refuses in mid-run is told with its remedy, and the run is taken up again."""
    run = SmallRun(disk)
    with ExitStack() as forbidden:

        def forbid_writing() -> None:
            """Let nothing be opened for writing any more; what is open, as the journal, is."""
            subprocess.run(["mount", "--bind", disk, disk], check=True)
            forbidden.callback(subprocess.run, ["umount", "-l", disk], check=True)
            subprocess.run(["mount", "-o", "remount,bind,ro", disk], check=True)

        with suppress(XtremeEdgeError, OSError):  # there is no place for its bundle either
            run.execute(once(lambda: run.events()[-1].seq > 2, forbid_writing))
    end = [event.body for event in run.events()][-1]
    assert isinstance(end, StateChanged)
    assert end.state == "failed"
    assert "Read-only file system" in (end.reason or "")
    assert "Remount the file system on the device writable" in (end.remedy or "")
    run.submit()
    run.execute()
    run.require_whole()
    assert not verify_bundle(run.folder.bundle).failures
