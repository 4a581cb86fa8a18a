"""Blobs arrive whole and once, whatever happens on the way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.layout import Layout
from host.deploy.content import Blob
from host.deploy.present import Present
from host.deploy.ship import Shipped, bytes_to_send, check_room, ship
from host.transport.connect import connect
from host.transport.session import Completed, ConnectionLost, Session
from tests.devices.machines import KINDS, Machines
from tests.devices.proxy import CuttingProxy
from tests.host.deploy.conftest import MakeBlob

LARGE = bytes(range(256)) * 4_000


@pytest.fixture(params=KINDS)
def any_session(request: pytest.FixtureRequest, machines: Machines) -> Iterator[Session]:
    """A session with each kind of machine."""
    with connect(machines.device(request.param)) as opened:
        yield opened


def on_device(layout: Layout, blob: Blob) -> bytes:
    """Return the blob's content as it lies on the device."""
    return Path(layout.blob(blob.digest)).read_bytes()


def test_small_and_large_blobs_arrive(
    any_session: Session, layout: Layout, make_blob: MakeBlob
) -> None:
    """Every blob is on the device afterwards, empty and repeated ones included."""
    data = [b"", LARGE, *(bytes([n]) * (n * 3_000) for n in range(1, 80))]
    blobs = [make_blob(content) for content in data]
    told: list[tuple[int, int]] = []
    shipped = ship(any_session, layout, [*blobs, blobs[1]], lambda *now: told.append(now))
    total = sum(map(len, data))
    assert shipped == Shipped(sent_blobs=len(data), sent_bytes=total, reused_blobs=0)
    assert [on_device(layout, blob) for blob in blobs] == data
    assert told[-1] == (total, total)
    assert [sent for sent, _ in told] == sorted(sent for sent, _ in told)
    assert list(Path(layout.incoming).iterdir()) == []


def test_blobs_are_sent_once(any_session: Session, layout: Layout, make_blob: MakeBlob) -> None:
    """What the device has is not sent again; what is new is."""
    blobs = [make_blob(LARGE), make_blob(b"small")]
    ship(any_session, layout, blobs)
    assert ship(any_session, layout, blobs) == Shipped(0, 0, 2)
    assert ship(any_session, layout, [*blobs, make_blob(b"new")]) == Shipped(1, 3, 2)


@pytest.mark.parametrize("kind", ["virtual", "sshd"])
def test_cut_upload_goes_on_where_it_was(
    kind: str, machines: Machines, layout: Layout, make_blob: MakeBlob
) -> None:
    """After cuts the rest is sent, not the whole; the blob is right in the end."""
    device = machines.device(kind)
    assert device.port is not None
    proxy = CuttingProxy(device.port, cut_after_bytes=10 << 20)
    blob = make_blob(bytes(range(251)) * (30 * (1 << 20) // 251))
    behind = dataclasses.replace(device, port=proxy.port)
    cuts = 0
    shipped = None
    while shipped is None:
        try:
            with connect(behind) as session:
                shipped = ship(session, layout, [blob])
        except ConnectionLost:
            cuts += 1
            assert cuts < 10
    proxy.close()
    assert cuts > 0
    assert shipped.sent_bytes < blob.size_bytes
    assert on_device(layout, blob) == blob.path.read_bytes()


@pytest.mark.parametrize("left", [b"\0" * 500_000, LARGE[:700_000], LARGE + b"and more"])
def test_part_of_an_earlier_attempt_is_no_trap(
    session: Session, layout: Layout, make_blob: MakeBlob, left: bytes
) -> None:
    """A right part is continued; zeros that a power cut left, or too much, are sent anew."""
    blob = make_blob(LARGE)
    Path(layout.incoming).mkdir(parents=True)
    Path(layout.part(blob.digest, "earlier")).write_bytes(left)
    ship(session, layout, [blob])
    assert on_device(layout, blob) == LARGE


class Meddler:
    """A session on whose way every upload changes one byte; all else passes through."""

    def __init__(self, session: Session, folder: Path) -> None:
        self._session = session
        self._folder = folder

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout_s: float | None = 60.0
    ) -> Completed:
        """Run unchanged."""
        return self._session.run(argv, stdin=stdin, timeout_s=timeout_s)

    def upload(
        self,
        source: Path,
        remote: PurePosixPath,
        *,
        offset: int = 0,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Upload with a changed byte."""
        data = bytearray(source.read_bytes())
        data[len(data) // 2] ^= 1
        changed = self._folder / "changed"
        changed.write_bytes(data)
        self._session.upload(changed, remote, offset=offset, progress=progress)


def test_tampered_blob_is_refused(
    session: Session, layout: Layout, make_blob: MakeBlob, tmp_path: Path
) -> None:
    """A blob that is not what its digest says is removed on the device and told as damaged."""
    good, blob = make_blob(b"good"), make_blob(LARGE)
    with pytest.raises(DeviceError, match=f"arrived damaged: .* expected {blob.digest}"):
        ship(Meddler(session, tmp_path), layout, [blob, good])  # type: ignore[arg-type]
    assert not Path(layout.blob(blob.digest)).exists()
    assert list(Path(layout.incoming).iterdir()) == []
    assert on_device(layout, good) == b"good"
    ship(session, layout, [blob])
    assert on_device(layout, blob) == LARGE


def test_file_that_changed_on_the_host_is_told(
    session: Session, layout: Layout, make_blob: MakeBlob
) -> None:
    """A local file that no longer has its digest is blamed, not the connection."""
    blob = make_blob(LARGE)
    blob.path.write_bytes(LARGE[::-1])
    with pytest.raises(DeviceError, match="has changed since its digest was taken"):
        ship(session, layout, [blob])


def test_full_disk_is_told_before_anything_is_sent(make_blob: MakeBlob) -> None:
    """What does not fit is refused with the figures."""
    blob = make_blob(bytes(3_000_000))
    with pytest.raises(DeviceError, match=r"has 2\.0 MB free, needed are 70\.1 MB"):
        check_room([blob], Present(frozenset(), {}, 2_000_000))
    check_room([blob], Present(frozenset(), {}, 71_000_000))


def test_parts_count_towards_what_is_there(make_blob: MakeBlob) -> None:
    """Only the rest of a blob needs room and time."""
    blob = make_blob(bytes(3_000_000))
    assert bytes_to_send([blob], Present(frozenset(), {blob.digest: 2_000_000}, 0)) == 1_000_000


def test_unwritable_state_folder_is_told(
    session: Session, make_blob: MakeBlob, tmp_path: Path
) -> None:
    """A state folder that cannot be made is an error with a remedy, and nothing is sent."""
    (tmp_path / "file").touch()
    with pytest.raises(DeviceError, match="failed to make its blob folders") as caught:
        ship(session, Layout(PurePosixPath(tmp_path / "file" / "state")), [make_blob(b"x")])
    assert caught.value.remedy


def test_shared_state_folder_gets_files_that_its_group_may_write(
    any_session: Session, layout: Layout, make_blob: MakeBlob
) -> None:
    """In a setgid folder, blobs and their folders are the group's too; strangers see nothing."""
    Path(layout.root).mkdir()
    Path(layout.root).chmod(0o2770)
    blobs = [make_blob(LARGE), make_blob(b"small")]
    ship(any_session, layout, blobs)
    for blob in blobs:
        path = Path(layout.blob(blob.digest))
        assert path.stat().st_mode & 0o777 == 0o660
        assert path.parent.stat().st_mode & 0o777 == 0o770


def test_other_state_folder_gets_files_that_nobody_writes(
    session: Session, layout: Layout, make_blob: MakeBlob
) -> None:
    """Where one user owns it all, a blob that is whole is read only."""
    blob = make_blob(LARGE)
    ship(session, layout, [blob])
    assert Path(layout.blob(blob.digest)).stat().st_mode & 0o222 == 0
