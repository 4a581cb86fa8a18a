"""Two ships of the same blobs to one device at the same time: both succeed, every blob is whole."""

from __future__ import annotations

import dataclasses
import fcntl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import pytest

from device_agent.layout import Layout
from host.deploy.content import Blob
from host.deploy.ship import Shipped, ship
from host.inventory import Device
from host.transport.connect import connect
from host.transport.session import Session
from tests.devices.machines import KINDS, Machines
from tests.host.deploy.conftest import MakeBlob

LARGE = bytes(range(256)) * 4_000


@pytest.fixture(params=KINDS)
def any_device(request: pytest.FixtureRequest, machines: Machines) -> Device:
    """Each kind of machine."""
    return machines.device(request.param)


@pytest.fixture
def any_session(any_device: Device) -> Iterator[Session]:
    """A session with each kind of machine."""
    with connect(any_device) as opened:
        yield opened


def assert_whole(layout: Layout, blobs: Sequence[Blob]) -> None:
    for blob in blobs:
        assert Path(layout.blob(blob.digest)).read_bytes() == blob.path.read_bytes()


def test_two_ships_at_once_both_succeed(
    any_device: Device, layout: Layout, make_blob: MakeBlob
) -> None:
    """Whoever is first, both end well, and nothing half remains."""
    blobs = [make_blob(LARGE + bytes([n]) * (n * 100_000)) for n in range(4)]
    blobs += [make_blob(bytes([n]) * (n * 3_000)) for n in range(1, 40)]
    ready = threading.Barrier(2)

    def one(_: int) -> Shipped:
        with connect(any_device) as session:
            ready.wait(30)
            return ship(session, layout, blobs)

    for _ in range(2):
        with ThreadPoolExecutor(2) as pool:
            both = list(pool.map(one, range(2)))
        assert sum(shipped.sent_blobs for shipped in both) >= len(blobs)
        assert_whole(layout, blobs)
        assert list(Path(layout.incoming).iterdir()) == []
        for blob in blobs:
            Path(layout.blob(blob.digest)).unlink()


class Pausing:
    """A session whose uploads wait in the middle; all else passes through."""

    def __init__(self, session: Session, pause: Callable[[], None]) -> None:
        self._session = session
        self._pause = pause
        self.run = session.run

    def upload(
        self,
        source: Path,
        remote: PurePosixPath,
        *,
        offset: int = 0,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Upload half of it, pause, and upload the rest."""
        half = source.with_name("half")
        half.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
        self._session.upload(half, remote, offset=offset)
        self._pause()
        self._session.upload(source, remote, offset=half.stat().st_size, progress=progress)


def test_a_ship_that_another_overtakes_succeeds(
    any_device: Device, any_session: Session, layout: Layout, make_blob: MakeBlob
) -> None:
    """In the middle of an upload the other takes the half over and finishes: both are right."""
    blob = make_blob(LARGE)

    def overtake() -> None:
        with connect(any_device) as second:
            ship(second, layout, [blob])

    ship(Pausing(any_session, overtake), layout, [blob])  # type: ignore[arg-type]
    assert_whole(layout, [blob])


def test_a_part_that_grows_is_left_to_its_ship(
    any_session: Session, layout: Layout, make_blob: MakeBlob
) -> None:
    """What another ship writes at this moment is not taken away from it."""
    blob = make_blob(LARGE)
    Path(layout.incoming).mkdir(parents=True)
    theirs = Path(layout.part(blob.digest, "theirs"))
    theirs.write_bytes(LARGE[:1000])
    end = threading.Event()

    def write() -> None:
        with theirs.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            while not end.wait(0.02):
                file.write(b"x")
                file.flush()

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.1)
    try:
        assert ship(any_session, layout, [blob]).sent_bytes == blob.size_bytes
        assert theirs.exists()
    finally:
        end.set()
        writer.join()
    assert_whole(layout, [blob])


def test_an_upload_holds_a_lock_while_it_writes(
    any_session: Session, layout: Layout, make_blob: MakeBlob, tmp_path: Path
) -> None:
    """Others can see that somebody writes."""
    blob = make_blob(LARGE * 8)
    target = tmp_path / "target"
    seen: list[bool] = []

    def look(sent: int) -> None:
        if target.exists() and sent < blob.size_bytes and not any(seen):
            with target.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    seen.append(False)
                except BlockingIOError:
                    seen.append(True)

    any_session.upload(blob.path, PurePosixPath(target), progress=look)
    assert any(seen)


def test_parts_of_blobs_that_are_there_are_removed(
    any_session: Session, layout: Layout, make_blob: MakeBlob
) -> None:
    """What an ended ship has left of a blob that came another way is not kept for ever."""
    blob, other = make_blob(LARGE), make_blob(b"other")
    ship(any_session, layout, [blob])
    left = Path(layout.part(blob.digest, "ended"))
    left.write_bytes(b"half")
    ship(any_session, layout, [dataclasses.replace(other)])
    assert not left.exists()
