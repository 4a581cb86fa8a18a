"""One deploy at a time per device: a folder made atomically, with who, when and why inside."""

from __future__ import annotations

import getpass
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeGuard

from device_agent import clock
from device_agent.alive import is_alive
from device_agent.contract import codec
from device_agent.contract.codec import Document
from device_agent.contract.errors import ContractError, DeviceError, XtremeEdgeError
from device_agent.layout import Layout
from host.deploy.remote_script import run_script
from host.transport.session import Session

# $1 state folder, $2 the holder's token; the holder's note on stdin. Prints who else has it: since
# when, and the note. The note is written before the lock is there, so no lock is without one, and a
# full disk leaves none behind.
TAKE = r"""
mkdir -p "$1" && cd "$1" || exit 1
new=.deploy.lock.$2
trap 'rm -rf "$new"' EXIT
held() {
  [ -d deploy.lock ] || return 1
  echo "held $(date -u -d "@$(stat -c %Y deploy.lock)" +%Y-%m-%dT%H:%M:%SZ)"
  cat deploy.lock/holder 2>/dev/null
  exit 0
}
held
mkdir "$new" && cat > "$new/holder" || exit 1
mv -T "$new" deploy.lock 2>/dev/null || held || mv -T "$new" deploy.lock
"""
# $2 the holder's token, or "" for whoever holds it. Renamed first: a lock that is half removed
# looks like one without a note.
RELEASE = r"""
cd "$1" 2>/dev/null || exit 0
old=.deploy.lock.$2.$$
if [ -z "$2" ] || grep -qs "$2" deploy.lock/holder; then
  mv -T deploy.lock "$old" || [ ! -e deploy.lock ] || exit 1
  rm -rf "$old"
fi
"""


class Holder(Document):
    """Who holds the lock; `pid` is on the host `host`.

    Attributes:
        machine: The host's network address in hardware: two hosts may have one name.
    """

    user: str
    host: str
    machine: str | None = None
    pid: int
    utc: str
    why: str
    token: str


@dataclass(frozen=True)
class NoNote:
    """A lock that does not say who holds it; `utc` is the device's time when it was made."""

    utc: str


@contextmanager
def deploy_lock(
    session: Session, layout: Layout, device: str, why: str, *, break_lock: bool = False
) -> Iterator[None]:
    """Hold the device's deploy lock for as long as the context lasts.

    A lock that a process of this host left behind when it died is taken over.

    Raises:
        DeviceError: Somebody else deploys; the message says who, since when and why.
    """
    ours = Holder(
        user=getpass.getuser(),
        host=socket.gethostname(),
        machine=f"{uuid.getnode():012x}",
        pid=os.getpid(),
        utc=clock.utc_label(),
        why=why,
        token=uuid.uuid4().hex,
    )
    if break_lock:
        _release(session, layout, "")
    held = _take(session, layout, ours)
    if held is not None and _is_left_behind(held, ours):
        _release(session, layout, held.token)
        held = _take(session, layout, ours)
    if held is not None:
        raise _refused(held, device)
    try:
        yield
    finally:
        # Without a connection it stays, and the next deploy from this host takes it over.
        with suppress(XtremeEdgeError):
            _release(session, layout, ours.token)


def _take(session: Session, layout: Layout, ours: Holder) -> Holder | NoNote | None:
    """Try to take the lock; return who has it instead."""
    answer = run_script(
        session,
        TAKE,
        str(layout.root),
        ours.token,
        stdin=codec.encode(ours),
        doing="take the deploy lock",
    )
    if not answer.startswith("held"):
        return None
    first, _, note = answer.partition("\n")
    try:
        return codec.decode(note.strip(), Holder, source="deploy.lock")
    except ContractError:
        return NoNote(first.removeprefix("held").strip() or "an unknown time")


def _refused(held: Holder | NoNote, device: str) -> DeviceError:
    command = f"`host deploy --target {device} --break-lock`"
    if isinstance(held, NoNote):
        return DeviceError(
            f"{device}: there is a deploy lock since {held.utc} without a note of who holds it: "
            "whoever took it ended before it could write one (a full disk, a power cut).",
            remedy=f"If nobody deploys to {device} now, run {command}.",
        )
    return DeviceError(
        f"{device}: {held.user}@{held.host} deploys since {held.utc} ({held.why}).",
        remedy=f"Wait for it to end; if it is dead, run {command}.",
    )


def _release(session: Session, layout: Layout, token: str) -> None:
    run_script(session, RELEASE, str(layout.root), token, doing="release the deploy lock")


def _is_left_behind(held: Holder | NoNote, ours: Holder) -> TypeGuard[Holder]:
    if isinstance(held, NoNote):
        return False
    if (held.user, held.host, held.machine) != (ours.user, ours.host, ours.machine):
        return False
    if held.pid == ours.pid:
        # This process deploys to a device once at a time, so it is its own, from a lost connection.
        return True
    return not is_alive(held.pid)
