"""How bytes get into a file on the device, and what it means when they do not."""

from __future__ import annotations

from pathlib import PurePosixPath

from host.transport.session import TransportError

_MESSAGE_CHARACTERS = 300


def write_command(remote: PurePosixPath, offset: int) -> list[str]:
    """Return the command that writes its stdin to `remote` from `offset` on, durably.

    By position rather than appending: after a cut, the writer of the old connection may still
    have bytes to write, and must not put them behind those of the new one. The lock is shared: it
    keeps nobody from writing, and tells others that somebody does.
    """
    # A folder that is setgid is shared with its group, and so is what is written there.
    shared = '[ ! -g "$1" ] || umask 007; shift; exec "$@"'
    lock = ["sh", "-c", shared, "sh", str(remote.parent), "flock", "-s", str(remote)]
    write = [*lock, "dd", f"of={remote}", "bs=1048576", "iflag=fullblock", "status=none"]
    if offset == 0:
        return [*write, "conv=fsync"]
    # dd itself would empty the file when the offset is less than one block.
    script = 'truncate -s "$1" "$2" && shift 2 && exec "$@"'
    positioned = [*write, f"seek={offset}", "oflag=seek_bytes", "conv=notrunc,fsync"]
    return ["sh", "-c", script, "sh", str(offset), str(remote), *positioned]


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
