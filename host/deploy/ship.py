"""Ships blobs: continued by offset after a cut, hashed by the device, whoever else ships them too.

Every ship writes into files of its own, so that two at a time cannot spoil each other's; the
first whole blob counts, and what an ended ship has left is taken over.
"""

from __future__ import annotations

import io
import tarfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from device_agent.contract.errors import DeviceError
from device_agent.digest import digest_file
from device_agent.layout import Layout
from host.deploy import present
from host.deploy.arrival import ACCEPT, CLAIM, GONE, PREPARE, UNPACK
from host.deploy.content import Blob
from host.deploy.present import Present
from host.deploy.remote_script import run_script
from host.transport.session import Session

Progress = Callable[[int, int], None]
"""Told the bytes sent so far and the bytes to send."""

RESERVE_BYTES = 64 << 20
# A command per blob costs a round trip and a process; small ones travel together.
_SMALL_BYTES = 256 << 10
_BATCH_BYTES = 4 << 20
_SLOWEST_HASH_BYTES_PER_S = 4 << 20
_TRIES = 4


@dataclass(frozen=True)
class Shipped:
    """What it took.

    Attributes:
        sent_bytes: Over the connection in this call; what an earlier one had sent is not in it.
    """

    sent_blobs: int
    sent_bytes: int
    reused_blobs: int


def ship(
    session: Session, layout: Layout, blobs: Iterable[Blob], progress: Progress | None = None
) -> Shipped:
    """Make sure that the device has these blobs. Calling it again after a cut goes on.

    Raises:
        ConnectionLost: The connection broke; what has arrived stays.
        DeviceError: No room, or a blob arrived damaged (then it is removed there).
        TransportError: The device could not write.
    """
    wanted = {blob.digest: blob for blob in blobs}
    found = present.look(session, layout, wanted)
    missing = [blob for blob in wanted.values() if blob.digest not in found.whole]
    check_room(missing, found)
    if not missing:
        return Shipped(0, 0, len(wanted))
    run_script(session, PREPARE, str(layout.root), doing="make its blob folders")
    sender = _Sender(session, layout, bytes_to_send(missing, found), progress)
    todo = missing
    for _ in range(_TRIES):
        refused = sender.send(todo)
        # A power cut can leave zeros at the end of a part, and another ship can take one over:
        # such a blob is worth another, whole, try.
        todo = [b for b in todo if refused.get(b.digest) == GONE or b.digest in sender.resumed]
        todo = [b for b in todo if b.digest in refused]
        damaged = {d: f for d, f in refused.items() if d not in {b.digest for b in todo}}
        if damaged:
            raise _damaged(damaged, wanted)
        if not todo:
            return Shipped(sender.sent_blobs, sender.sent_bytes, len(wanted) - sender.sent_blobs)
        sender.forget_parts()
    raise DeviceError(
        f"{todo[0].name} could not be kept on the device in {_TRIES} attempts: somebody removes "
        "what is sent.",
        remedy="Wait for other `host run` and `host deploy` to this device to end, then try again.",
    )


def bytes_to_send(missing: Iterable[Blob], found: Present) -> int:
    """Return how many bytes are still to go over the connection."""
    return sum(blob.size_bytes - _offset(blob, found) for blob in missing)


def check_room(missing: Sequence[Blob], found: Present, also_bytes: int = 0) -> None:
    """Compare what comes with the room there is.

    Raises:
        DeviceError: It does not fit.
    """
    coming = bytes_to_send(missing, found) + also_bytes
    needed = coming + RESERVE_BYTES if coming else 0
    if needed > found.free_bytes:
        raise DeviceError(
            f"The device has {found.free_bytes / 1e6:.1f} MB free, needed are "
            f"{needed / 1e6:.1f} MB ({coming / 1e6:.1f} MB of content and "
            f"{RESERVE_BYTES / 1e6:.1f} MB to spare).",
            remedy="Free space on the device, or give its entry a `state` folder on a larger disk.",
        )


class _Sender:
    """Sends blobs and counts.

    Attributes:
        resumed: Digests of blobs whose beginning somebody else had sent.
    """

    def __init__(
        self, session: Session, layout: Layout, total_bytes: int, progress: Progress | None
    ) -> None:
        self._session = session
        self._layout = layout
        self._total = total_bytes
        self._progress = progress
        self._name = uuid.uuid4().hex[:12]
        self._may_resume = True
        self._found: dict[str, str] = {}
        self.resumed: set[str] = set()
        self.sent_blobs = 0
        self.sent_bytes = 0

    def forget_parts(self) -> None:
        """Send everything from its beginning from now on."""
        self._may_resume = False
        self._found.clear()
        self.resumed.clear()

    def send(self, blobs: Sequence[Blob]) -> dict[str, str]:
        """Send blobs and return, by digest, what became of those that are not there now.

        That is the digest of what the device found instead, or `GONE`.
        """
        for batch in _batches([b for b in blobs if b.size_bytes < _SMALL_BYTES]):
            self._send_together(batch)
        for blob in blobs:
            if blob.size_bytes >= _SMALL_BYTES:
                self._send_alone(blob)
        answer = run_script(
            self._session,
            ACCEPT,
            str(self._layout.root),
            self._name,
            stdin="".join(f"{b.digest} {self._found.get(b.digest, '')}\n" for b in blobs).encode(),
            timeout_s=60.0 + sum(b.size_bytes for b in blobs) / _SLOWEST_HASH_BYTES_PER_S,
            doing="check and keep what was sent",
        )
        return dict(line.split(" ", 1) for line in answer.splitlines())

    def _send_alone(self, blob: Blob) -> None:
        before = self.sent_bytes
        offset = self._claim(blob)
        if offset is None:
            return

        def tell(sent: int) -> None:
            self._count(before + sent)

        part = self._layout.part(blob.digest, self._name)
        found = self._session.upload(blob.path, part, offset=offset, progress=tell)
        if found is not None:
            self._found[blob.digest] = found
        self.sent_blobs += 1

    def _claim(self, blob: Blob) -> int | None:
        """Take over what an ended ship has left; None says that the blob is whole by now."""
        most = blob.size_bytes if self._may_resume else 0
        answer = run_script(
            self._session,
            CLAIM,
            str(self._layout.root),
            blob.digest,
            self._name,
            str(most),
            doing="look for what was sent before",
        ).strip()
        if answer == "whole":
            return None
        if answer != "0":
            self.resumed.add(blob.digest)
        return int(answer)

    def _send_together(self, batch: Sequence[Blob]) -> None:
        names = [self._layout.part(blob.digest, self._name).name for blob in batch]
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for blob, name in zip(batch, names, strict=True):
                data = blob.path.read_bytes()
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
        run_script(
            self._session,
            UNPACK,
            str(self._layout.root),
            *names,
            stdin=packed.getvalue(),
            timeout_s=600.0,
            doing="unpack small blobs",
        )
        self.sent_blobs += len(batch)
        self._count(self.sent_bytes + sum(blob.size_bytes for blob in batch))

    def _count(self, sent_bytes: int) -> None:
        self.sent_bytes = sent_bytes
        if self._progress is not None:
            self._progress(sent_bytes, max(self._total, sent_bytes))


def _batches(blobs: Iterable[Blob]) -> Iterator[list[Blob]]:
    batch: list[Blob] = []
    for blob in blobs:
        if batch and sum(b.size_bytes for b in batch) + blob.size_bytes > _BATCH_BYTES:
            yield batch
            batch = []
        batch.append(blob)
    if batch:
        yield batch


def _offset(blob: Blob, found: Present) -> int:
    """Return where to go on; a part that is longer than the blob is of no use."""
    part = found.parts.get(blob.digest, 0)
    return part if blob.size_bytes >= max(part, _SMALL_BYTES) else 0


def _damaged(damaged: dict[str, str], wanted: dict[str, Blob]) -> DeviceError:
    digest, found = next(iter(damaged.items()))
    blob = wanted[digest]
    others = f" ({len(damaged) - 1} more are damaged too)" if len(damaged) > 1 else ""
    if digest_file(blob.path) != digest:
        return DeviceError(
            f"{blob.path} has changed since its digest was taken: found {found}, expected "
            f"{digest}{others}. The device has removed what it was sent.",
            remedy="Make it again: `host export` for artifacts, `host run` for packed data.",
        )
    return DeviceError(
        f"{blob.name} arrived damaged: the device found {found}, expected {digest}{others}. "
        "It has removed it.",
        remedy="Run the same command again; if it happens twice, check the device's disk.",
    )
