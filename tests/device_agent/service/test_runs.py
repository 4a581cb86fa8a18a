"""Run folders: looked up by name, summarised, and told apart from damaged ones."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from device_agent.contract import codec
from device_agent.contract.errors import DeviceError, RunError
from device_agent.layout import Layout
from device_agent.probe import usable_cores
from device_agent.service.runs import Runs, write_durably
from tests.device_agent.service.small_runs import small_spec, submit


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(Layout(PurePosixPath(tmp_path)))


@pytest.mark.parametrize("part", ["spec", "journal"])
def test_a_damaged_run_hides_no_other(tmp_path: Path, runs: Runs, part: str) -> None:
    """The overview has the sound runs, and the damaged one with its reason and a remedy."""
    _, damaged, _ = submit(tmp_path, "before", "damaged", "after")
    (damaged.spec if part == "spec" else damaged.journal).write_bytes(b"scrambled" * 999)
    found = runs.overview()
    assert [run.run_id for run in found.runs] == ["before", "after"]
    assert [run.run_id for run in found.unreadable] == ["damaged"]
    assert found.unreadable[0].reason
    assert str(damaged.path) in found.unreadable[0].remedy


def test_a_run_whose_journal_is_gone_is_damaged(tmp_path: Path, runs: Runs) -> None:
    """A folder with a spec is a run; that it has no journal is told, not passed over."""
    (folder,) = submit(tmp_path, "hollow")
    folder.journal.unlink()
    assert "missing" in runs.overview().unreadable[0].reason


def test_a_damaged_run_is_refused_with_its_reason(tmp_path: Path, runs: Runs) -> None:
    """Cancelling it says what is damaged and what to do, and changes nothing."""
    (folder,) = submit(tmp_path, "damaged")
    folder.journal.write_bytes(b"scrambled" * 999)
    with pytest.raises(RunError, match="damaged is damaged: .*not a database") as e:
        runs.cancel("damaged")
    assert f"rm -r {folder.path}" in e.value.remedy
    assert not folder.cancel_flag.exists()


def test_a_damaged_run_cannot_be_taken_up_again(tmp_path: Path, runs: Runs) -> None:
    """Submitting it again says that it is damaged, rather than that the disk is full."""
    (folder,) = submit(tmp_path, "damaged")
    folder.spec.unlink()
    folder.spec.mkdir()
    with pytest.raises(RunError, match="damaged is damaged"):
        submit(tmp_path, "damaged")


def test_a_damaged_run_with_a_bundle_says_that_it_can_be_fetched(
    tmp_path: Path, runs: Runs
) -> None:
    """The sealed bundle is apart from the journal, so it is not lost."""
    (folder,) = submit(tmp_path, "sealed")
    folder.bundle.mkdir()
    folder.journal.write_bytes(b"scrambled" * 999)
    assert "host collect sealed" in runs.overview().unreadable[0].remedy


@pytest.mark.parametrize("name", ["x" * 5000, "..", "a/b", "", "a\nb", "a\0b"])
def test_a_name_that_cannot_be_one_is_no_run(runs: Runs, name: str) -> None:
    """Names that are too long or lead elsewhere are refused as unknown, in a short message."""
    with pytest.raises(RunError, match="no run") as caught:
        runs.folder(name)
    assert len(caught.value.message) < 300


def test_more_threads_than_cores_are_refused_with_the_figure(runs: Runs) -> None:
    """Threads that wait for each other would measure the scheduler."""
    spec = small_spec("wide", threads=usable_cores() + 1)
    with pytest.raises(DeviceError, match=f"the device has {usable_cores()} cores"):
        runs.submit(codec.encode(spec))
    assert runs.all() == []


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """What was written beside is removed where it cannot be put into its place."""
    (tmp_path / "reserve").mkdir()
    (tmp_path / "reserve" / "in the way").touch()
    with pytest.raises(OSError, match="reserve"):
        write_durably(tmp_path / "reserve", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["reserve"]
