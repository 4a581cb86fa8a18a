"""One deploy at a time; a lock that nobody holds any more does not stay in the way."""

from __future__ import annotations

import json
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.layout import Layout
from host.deploy.lock import RELEASE, Holder, NoNote, _take, deploy_lock
from host.inventory import Device
from host.transport.connect import connect
from host.transport.session import Session
from tests.small_disk import fill


def lock_of(layout: Layout) -> Path:
    """Return the lock's folder."""
    return Path(layout.root) / "deploy.lock"


def held_by(layout: Layout, **changes: object) -> None:
    """Put a lock there as another deploy would have left it."""
    note = {"user": "ann", "host": "desk", "pid": 4711, "utc": "2026-01-02T03:04:05+00:00"}
    lock_of(layout).mkdir(parents=True)
    note |= {"why": "host run study", "token": "abc", **changes}  # type: ignore[arg-type]
    (lock_of(layout) / "holder").write_text(json.dumps(note))


def test_lock_says_who_when_and_why(session: Session, layout: Layout, device: Device) -> None:
    """While it is held, the lock names its holder; afterwards it is gone."""
    with deploy_lock(session, layout, device.name, "testing"):
        note = json.loads((lock_of(layout) / "holder").read_text())
        assert note["why"] == "testing"
        assert {"user", "host", "pid", "utc"} <= note.keys()
    assert not lock_of(layout).exists()


def test_locked_device_is_refused(session: Session, layout: Layout, device: Device) -> None:
    """Somebody else's deploy is not interfered with; the error says whose it is."""
    held_by(layout)
    with (
        pytest.raises(DeviceError, match=r"ann@desk deploys since 2026-01-02.*host run study") as e,
        deploy_lock(session, layout, device.name, "testing"),
    ):
        pass
    assert f"host deploy --target {device.name} --break-lock" in e.value.remedy
    assert lock_of(layout).exists()


def test_lock_can_be_broken(session: Session, layout: Layout, device: Device) -> None:
    """With break_lock the lock is taken whoever holds it."""
    held_by(layout)
    with deploy_lock(session, layout, device.name, "testing", break_lock=True):
        assert "testing" in (lock_of(layout) / "holder").read_text()


def left_behind(session: Session, layout: Layout, device: Device, **changes: str) -> None:
    """Leave the lock of a process that is gone."""
    with deploy_lock(session, layout, device.name, "testing"):
        own = json.loads((lock_of(layout) / "holder").read_text())
    gone = subprocess.Popen(["true"])
    gone.wait()
    held_by(layout, **{**own, "pid": gone.pid, **changes})


def test_lock_of_a_dead_process_is_taken_over(
    session: Session, layout: Layout, device: Device
) -> None:
    """A lock left behind by a process of this host that is gone needs nobody to break it."""
    left_behind(session, layout, device, token="abc")
    with deploy_lock(session, layout, device.name, "testing"):
        pass
    assert not lock_of(layout).exists()


def test_lock_of_a_living_process_is_respected(
    session: Session, layout: Layout, device: Device
) -> None:
    """Another process of the same user on the same host still holds its lock."""
    with deploy_lock(session, layout, device.name, "testing"):
        own = json.loads((lock_of(layout) / "holder").read_text())
    living = subprocess.Popen(["sleep", "60"])
    held_by(layout, **{**own, "pid": living.pid, "token": "abc"})
    with (
        pytest.raises(DeviceError, match="deploys since"),
        deploy_lock(session, layout, device.name, "testing"),
    ):
        pass
    living.kill()
    living.wait()


def test_lock_of_another_host_of_the_same_name_is_respected(
    session: Session, layout: Layout, device: Device
) -> None:
    """Whether its process lives cannot be seen from here, whatever runs or not under its number."""
    left_behind(session, layout, device, machine="0123456789ab")
    with (
        pytest.raises(DeviceError, match="deploys since"),
        deploy_lock(session, layout, device.name, "testing"),
    ):
        pass


def test_lock_is_never_seen_half_removed(layout: Layout) -> None:
    """It is out of its place before its note is removed, so nobody finds one without."""
    held_by(layout)
    watched = 'rm() { [ ! -d "$root/deploy.lock" ] || echo "in its place"; command rm "$@"; }\n'
    done = subprocess.run(
        ["sh", "-c", f"root=$1\n{watched}{RELEASE}", "sh", str(layout.root), "abc"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    assert list(Path(layout.root).iterdir()) == []


def test_broken_lock_is_not_released_by_its_old_holder(
    session: Session, layout: Layout, device: Device
) -> None:
    """Whoever broke the lock keeps it when the one before gets to its end."""
    with deploy_lock(session, layout, device.name, "first"):
        (lock_of(layout) / "holder").unlink()
        lock_of(layout).rmdir()
        held_by(layout)
    assert lock_of(layout).exists()


def test_lock_without_a_note_is_told_and_can_be_broken(
    session: Session, layout: Layout, device: Device
) -> None:
    """A lock that does not say whose it is still is one; how it came about and ends is told."""
    lock_of(layout).mkdir(parents=True)
    with (
        pytest.raises(DeviceError, match=r"since 20\d\d-.* without a note") as caught,
        deploy_lock(session, layout, device.name, "testing"),
    ):
        pass
    assert "--break-lock" in caught.value.remedy
    with deploy_lock(session, layout, device.name, "testing", break_lock=True):
        assert "testing" in (lock_of(layout) / "holder").read_text()
    assert not lock_of(layout).exists()


def test_no_lock_is_left_where_its_note_cannot_be_written(
    session: Session, device: Device, small_disk: Path
) -> None:
    """On a full disk the deploy fails for that reason, and the next one finds no lock."""
    layout = Layout(PurePosixPath(small_disk / "state"))
    Path(layout.root).mkdir()
    fill(small_disk)
    with (
        pytest.raises(DeviceError, match="take the deploy lock: .*No space left") as caught,
        deploy_lock(session, layout, device.name, "testing"),
    ):
        pass
    assert "Free space" in caught.value.remedy
    assert list(Path(layout.root).iterdir()) == []


def test_only_one_of_many_takes_the_lock(layout: Layout, device: Device) -> None:
    """Those that come at the same time are told whose it is; nothing else stays beside it."""
    ready = threading.Barrier(4)

    def one(number: int) -> Holder | NoNote | None:
        token = f"token{number}"
        ours = Holder(user="u", host="h", pid=number, utc="now", why="w", token=token)
        with connect(device) as session:
            ready.wait(30)
            return _take(session, layout, ours)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(one, range(4)))
    assert found.count(None) == 1
    holder = json.loads((lock_of(layout) / "holder").read_text())["pid"]
    assert holder == found.index(None)
    assert {h.pid for h in found if isinstance(h, Holder)} == {holder}
    assert [path.name for path in Path(layout.root).iterdir()] == ["deploy.lock"]
