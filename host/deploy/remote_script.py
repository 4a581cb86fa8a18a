"""Runs a small POSIX shell script on the device and takes its failure for what it is."""

from __future__ import annotations

from device_agent.contract.errors import DeviceError
from host.transport.session import Session

# A state folder that is setgid is shared with the service's group: so is what is made in it.
_SHARED = '[ ! -g "${1:-}" ] || umask 007\n'


def run_script(
    session: Session,
    script: str,
    *arguments: str,
    stdin: bytes = b"",
    timeout_s: float = 60.0,
    doing: str,
) -> str:
    """Return the script's stdout.

    Args:
        session: The connection.
        script: POSIX sh; only coreutils and util-linux are there for sure.
        arguments: `$1`, `$2` …; the first is the state folder where the script writes into it.
        stdin: Its standard input.
        timeout_s: After which the connection counts as lost.
        doing: What it is for, in an infinitive, for the message.

    Raises:
        DeviceError: It ended with a non-zero status; the message has its stderr.
    """
    done = session.run(
        ["sh", "-c", _SHARED + script, "sh", *arguments], stdin=stdin, timeout_s=timeout_s
    )
    if done.exit_status != 0:
        reason = " ".join(done.stderr.split()) or f"exit status {done.exit_status}"
        raise DeviceError(
            f"The device failed to {doing}: {reason}",
            remedy=_remedy(reason),
        )
    return done.stdout.decode("utf-8", errors="replace")


def _remedy(reason: str) -> str:
    if "No space left" in reason or "Disk quota exceeded" in reason:
        return "Free space on the device (`df -h`), then run the same command again."
    if "Read-only file system" in reason:
        return "Remount the device's file system writable; `dmesg` says why it is not."
    if "Permission denied" in reason:
        return "Give the device's entry a `state` folder that its user may write to."
    return "Correct what the device complains of, then run the same command again."
