"""How bytes get into a file on the device, and what it means when they do not."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from host.transport.session import TransportError

_MESSAGE_CHARACTERS = 300

# $1 file, $2 receiver, then the command for where there is no Python. To hash what arrives while it
# arrives saves a pass over the file, and Python's SHA-256 takes half as long as `sha256sum`.
_RECEIVE = r"""
command -v python3 >/dev/null || { shift 2; exec "$@"; }
exec python3 -ISc "$2" "$1"
"""
_RECEIVER = r"""
import fcntl, hashlib, os, sys
try:
    file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    fcntl.flock(file, fcntl.LOCK_SH)
    sha, buffer = hashlib.sha256(), bytearray(1 << 20)
    view = memoryview(buffer)
    while size := sys.stdin.buffer.raw.readinto(buffer):
        sha.update(view[:size])
        at = 0
        while at < size:
            at += os.write(file, view[at:size])
    os.fsync(file)
except OSError as error:
    sys.exit(f"{error.strerror}: {sys.argv[1]}")
print(sha.hexdigest())
"""


def write_command(remote: PurePosixPath, offset: int) -> list[str]:
    """Return the command that writes its stdin to `remote` from `offset` on, durably.

    From the beginning, it prints the SHA-256 of what it has written where it can.

    By position rather than appending: after a cut, the writer of the old connection may still
    have bytes to write, and must not put them behind those of the new one. The lock is shared: it
    keeps nobody from writing, and tells others that somebody does.
    """
    # A folder that is setgid is shared with its group, and so is what is written there.
    shared = ["sh", "-c", '[ ! -g "$1" ] || umask 007; shift; exec "$@"', "sh", str(remote.parent)]
    write = ["flock", "-s", str(remote), "dd", f"of={remote}"]
    write += ["bs=1048576", "iflag=fullblock", "status=none"]
    if offset == 0:
        receive = ["sh", "-c", _RECEIVE, "sh", str(remote), _RECEIVER]
        return [*shared, *receive, *write, "conv=fsync"]
    # dd itself would empty the file when the offset is less than one block.
    script = 'truncate -s "$1" "$2" && shift 2 && exec "$@"'
    positioned = [*write, f"seek={offset}", "oflag=seek_bytes", "conv=notrunc,fsync"]
    return ["sh", "-c", script, "sh", str(offset), str(remote), *shared, *positioned]


def written_digest(stdout: bytes) -> str | None:
    """Return the SHA-256 that the command of `write_command` has printed, if it has."""
    text = stdout.decode("ascii", errors="replace").strip()
    return text if re.fullmatch(r"[0-9a-f]{64}", text) else None


def write_failed(device: str, remote: PurePosixPath, reason: str) -> TransportError:
    """Return the error for a write that the device refused, with the remedy that its reason has."""
    text = " ".join(reason.split())[-_MESSAGE_CHARACTERS:] or "it gave no reason"
    if "No space left" in reason or "Disk quota exceeded" in reason:
        remedy = f"Free space on {device} (`df -h {remote.parent}`), then run the same again."
    elif "Read-only file system" in reason:
        remedy = f"Remount {device}'s file system writable; look at `dmesg` for why it is not."
    elif "Permission denied" in reason:
        remedy = "Give the device's entry another `state` folder, one that its user may write to."
    else:
        remedy = f"Look at the folder on {device}: `ls -ld {remote.parent}`."
    return TransportError(f"{device} cannot write {remote}: {text}", remedy=remedy)
