"""Room is made within the quota, from what hosts have collected, and leaves a record."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import time
from pathlib import Path, PurePosixPath

import msgspec
import pytest

from device_agent.contract import codec
from device_agent.contract.bundle import MANIFEST_NAME
from device_agent.contract.errors import DeviceError, RunError
from device_agent.contract.events import StateChanged
from device_agent.contract.room import RoomWanted
from device_agent.contract.runspec import Dataset
from device_agent.digest import digest_bytes, digest_file
from device_agent.journal import Journal
from device_agent.layout import Layout
from device_agent.service.collected import is_collected, mark_collected
from device_agent.service.named import named, note
from device_agent.service.room import make_room, usage
from device_agent.service.runs import RunFolder, Runs
from device_agent.service.stored import NEW_S, used_bytes
from tests.device_agent.service.small_runs import small_spec

SIZE = 1 << 20
LATER_S = time.time() + NEW_S + 86_400


@dataclasses.dataclass(frozen=True)
class Device:
    """A state folder whose content is known."""

    layout: Layout

    @property
    def used_bytes(self) -> int:
        return used_bytes(Path(self.layout.root))

    def blob(self) -> str:
        """Store a blob of a mebibyte and return its digest."""
        data = os.urandom(SIZE)
        path = Path(self.layout.blob(digest_bytes(data)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path.name

    def run(self, run_id: str, *, collected: bool) -> tuple[RunFolder, str]:
        """Store an ended run of a mebibyte with one blob of its own."""
        blob = self.blob()
        dataset = Dataset(
            task="xnli",
            language="de",
            split="test",
            inputs=blob,
            gold=None,
            samples=1,
            queries=1,
            available=1,
            seed=None,
        )
        spec = msgspec.structs.replace(small_spec(run_id), datasets=(dataset,))
        runs = Runs(self.layout)
        runs.submit(codec.encode(spec))
        folder = runs.folder(run_id)
        with Journal(folder.journal, writable=True) as journal:
            journal.append([StateChanged(state="running")])
            journal.append([StateChanged(state="finished")])
        folder.bundle.mkdir()
        (folder.bundle / MANIFEST_NAME).write_bytes(os.urandom(SIZE))
        if collected:
            mark_collected(folder, digest_file(folder.bundle / MANIFEST_NAME))
        return folder, blob

    def has(self, digest: str) -> bool:
        return Path(self.layout.blob(digest)).exists()

    def wanted(self, coming: int, quota: int | None, **more: object) -> RoomWanted:
        return RoomWanted(coming_bytes=coming, quota_bytes=quota, by="ann@desk", **more)  # type: ignore[arg-type]


@pytest.fixture
def device(tmp_path: Path) -> Device:
    """An empty state folder."""
    (tmp_path / "state").mkdir()
    return Device(Layout(PurePosixPath(tmp_path / "state")))


def test_nothing_goes_while_there_is_room(device: Device) -> None:
    """What was collected stays as long as nobody needs its place."""
    folder, blob = device.run("done", collected=True)
    room = make_room(device.layout, device.wanted(SIZE, 100 * SIZE), LATER_S)
    assert (room.runs, room.blobs, room.freed_bytes) == ((), 0, 0)
    assert folder.path.exists()
    assert device.has(blob)
    assert room.usage.collected == ("done",)


def test_an_eviction_that_is_killed_leaves_no_damaged_run(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a run is no run: it is not listed, keeps no blob, and goes with the next leftovers."""
    folder, _ = device.run("done", collected=True)

    def killed(path: Path) -> None:
        next(path.glob("journal*")).unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            make_room(device.layout, device.wanted(SIZE, device.used_bytes), LATER_S)
    overview = Runs(device.layout).overview()
    assert (overview.runs, overview.unreadable) == ((), ())
    (left,) = folder.path.parent.iterdir()
    gone = subprocess.Popen(["true"])
    gone.wait()
    left.rename(left.with_suffix(f".{gone.pid}"))
    make_room(device.layout, device.wanted(0, None), LATER_S)
    assert list(folder.path.parent.iterdir()) == []


def test_collected_runs_and_then_their_blobs_go(device: Device) -> None:
    """The quota is kept, an uncollected run and its blob stay, and the log says who and what."""
    folder, blob = device.run("done", collected=True)
    other, kept = device.run("not-fetched", collected=False)
    before = device.used_bytes
    room = make_room(device.layout, device.wanted(SIZE, before - SIZE), LATER_S)
    assert room.runs == ("done",)
    assert room.blobs == 1
    assert room.freed_bytes >= 2 * SIZE
    assert room.usage.used_bytes + SIZE <= before - SIZE
    assert not folder.path.exists()
    assert not device.has(blob)
    assert other.path.exists()
    assert device.has(kept)
    line = (Path(device.layout.root) / "audit.log").read_text()
    assert " evict by=ann@desk runs=done blobs=1 freed_bytes=" in line


def test_no_uncollected_run_ever_goes(device: Device) -> None:
    """Where nothing else is left it is an error that names them, and nothing at all has gone."""
    done, _ = device.run("done", collected=True)
    waits, _ = device.run("not-fetched", collected=False)
    with pytest.raises(DeviceError, match=r"1 runs that no host has collected \(not-fetched\)"):
        make_room(device.layout, device.wanted(SIZE, 2 * SIZE), LATER_S)
    assert done.path.exists()
    assert waits.path.exists()


def test_blobs_of_the_last_two_studies_stay(device: Device) -> None:
    """The one before the previous one is forgotten; what is coming is not evicted either."""
    blobs = [device.blob() for _ in range(4)]
    for blob in blobs[:3]:
        note(device.layout, "study", [blob])
    note(device.layout, "study", [blobs[2]])
    assert named(device.layout) == {blobs[1], blobs[2]}
    quota = device.used_bytes
    wanted = device.wanted(SIZE // 2, quota, study=(blobs[3],))
    make_room(device.layout, wanted, LATER_S)
    assert [device.has(blob) for blob in blobs] == [False, True, True, True]


def test_a_blob_that_came_just_now_stays(device: Device) -> None:
    """A host may be about to submit the run that names it."""
    blob = device.blob()
    with pytest.raises(DeviceError, match=r"only 0\.0 MB may be evicted"):
        make_room(device.layout, device.wanted(SIZE, SIZE))
    assert device.has(blob)


def test_artifact_folders_let_go_of_their_blobs(device: Device) -> None:
    """A blob that an artifact folder links to has two names; both go, or nothing is freed."""
    blob = device.blob()
    folder = Path(device.layout.artifacts) / ("f" * 64)
    folder.mkdir(parents=True)
    os.link(device.layout.blob(blob), folder / "model.onnx")
    before = device.used_bytes
    make_room(device.layout, device.wanted(SIZE, before), LATER_S)
    assert not folder.exists()
    assert device.used_bytes <= before - SIZE // 2


def test_a_look_changes_nothing(device: Device) -> None:
    """`--dry-run` says what would go."""
    folder, blob = device.run("done", collected=True)
    wanted = device.wanted(SIZE, device.used_bytes - SIZE, only_look=True, study=("a" * 64,))
    assert make_room(device.layout, wanted, LATER_S).runs == ("done",)
    assert folder.path.exists()
    assert device.has(blob)
    assert named(device.layout) == frozenset()
    assert not (Path(device.layout.root) / "audit.log").exists()


def test_a_run_that_was_taken_up_again_is_not_collected(device: Device) -> None:
    """The mark is of one bundle; another one has to be fetched first."""
    folder, _ = device.run("done", collected=True)
    assert is_collected(folder)
    (folder.bundle / MANIFEST_NAME).write_bytes(b"another")
    assert not is_collected(folder)
    with pytest.raises(RunError, match="another bundle"):
        mark_collected(folder, "0" * 64)


def test_usage_remembers_the_quota(device: Device) -> None:
    """`host status` shows what the last request said, else a share of the disk."""
    by_default = usage(device.layout)
    assert by_default.quota_bytes > 0
    make_room(device.layout, device.wanted(0, 123_456_789), LATER_S)
    assert usage(device.layout).quota_bytes == 123_456_789
    make_room(device.layout, device.wanted(0, None), LATER_S)
    assert usage(device.layout).quota_bytes != 123_456_789
