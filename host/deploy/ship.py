"""Ships blobs: each once, continued by offset after a cut, and hashed by the device at the end."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from device_agent.contract.errors import DeviceError
from device_agent.digest import digest_file
from device_agent.layout import Layout
from host.deploy import present
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

_PREPARE = 'mkdir -p "$1/incoming" "$1/blobs"'
_UNPACK = 'cd "$1/incoming" && shift && tar -xf - && sync -d -- "$@"'
_ACCEPT = r"""
cd "$1" || exit 1
changed=
while read -r digest; do
  part=incoming/$digest.part
  found=$(sha256sum < "$part") || exit 1
  found=${found%% *}
  if [ "$found" = "$digest" ]; then
    folder=blobs/${digest%"${digest#??}"}
    mkdir -p "$folder" && chmod a-w "$part" && mv "$part" "$folder/$digest" || exit 1
    changed="$changed $folder"
  else
    rm -f "$part"
    echo "$digest $found"
  fi
done
sync -d blobs $changed
"""


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
    run_script(session, _PREPARE, str(layout.root), doing="make its blob folders")
    sender = _Sender(session, layout, found, missing, progress)
    damaged = sender.send(missing)
    # A power cut can leave zeros at the end of a part; such a blob is worth a second, whole, try.
    resumed = [blob for blob in missing if blob.digest in damaged and blob.digest in found.parts]
    damaged = {d: f for d, f in damaged.items() if d not in {b.digest for b in resumed}}
    if resumed and not damaged:
        sender.forget_parts()
        damaged = sender.send(resumed)
    if damaged:
        raise _damaged(damaged, wanted)
    return Shipped(len(missing), sender.sent_bytes, len(wanted) - len(missing))


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
    """Sends blobs and counts."""

    def __init__(
        self,
        session: Session,
        layout: Layout,
        found: Present,
        missing: Sequence[Blob],
        progress: Progress | None,
    ) -> None:
        self._session = session
        self._layout = layout
        self._found = found
        self._total = bytes_to_send(missing, found)
        self._progress = progress
        self.sent_bytes = 0

    def forget_parts(self) -> None:
        """Send everything from its beginning from now on."""
        self._found = Present(self._found.whole, {}, self._found.free_bytes)

    def send(self, blobs: Sequence[Blob]) -> dict[str, str]:
        """Send blobs and return what the device found instead, by digest, of the damaged ones."""
        for batch in _batches([b for b in blobs if b.size_bytes < _SMALL_BYTES]):
            self._send_together(batch)
        for blob in blobs:
            if blob.size_bytes >= _SMALL_BYTES:
                self._send_alone(blob)
        answer = run_script(
            self._session,
            _ACCEPT,
            str(self._layout.root),
            stdin="".join(f"{blob.digest}\n" for blob in blobs).encode(),
            timeout_s=60.0 + sum(b.size_bytes for b in blobs) / _SLOWEST_HASH_BYTES_PER_S,
            doing="check and keep what was sent",
        )
        return dict(line.split(" ", 1) for line in answer.splitlines())

    def _send_alone(self, blob: Blob) -> None:
        before = self.sent_bytes
        offset = _offset(blob, self._found)

        def tell(sent: int) -> None:
            self._count(before + sent)

        part = self._layout.part(blob.digest)
        self._session.upload(blob.path, part, offset=offset, progress=tell)

    def _send_together(self, batch: Sequence[Blob]) -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for blob in batch:
                data = blob.path.read_bytes()
                entry = tarfile.TarInfo(_part_name(blob))
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
        run_script(
            self._session,
            _UNPACK,
            str(self._layout.root),
            *(_part_name(blob) for blob in batch),
            stdin=packed.getvalue(),
            timeout_s=600.0,
            doing="unpack small blobs",
        )
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


def _part_name(blob: Blob) -> str:
    return f"{blob.digest}.part"


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
