"""One deploy at a time per device: a folder made atomically, with who, when and why inside."""

from __future__ import annotations

import getpass
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from device_agent import clock
from device_agent.contract import codec
from device_agent.contract.codec import Document
from device_agent.contract.errors import ContractError, DeviceError, XtremeEdgeError
from device_agent.layout import Layout
from host.deploy.remote_script import run_script
from host.transport.session import Session

# $1 state folder; the holder's note on stdin. Prints the note of another holder, if there is one.
TAKE = r"""
mkdir -p "$1" || exit 1
if mkdir "$1/deploy.lock" 2>/dev/null; then
  cat > "$1/deploy.lock/holder"
elif [ -d "$1/deploy.lock" ]; then
  echo held
  cat "$1/deploy.lock/holder" 2>/dev/null || true
else
  mkdir "$1/deploy.lock"
fi
"""
# $2 the holder's token, or "" for whoever holds it.
RELEASE = r"""
if [ -z "$2" ] || grep -qs "$2" "$1/deploy.lock/holder"; then rm -rf "$1/deploy.lock"; fi
"""


class Holder(Document):
    """Who holds the lock; `pid` is on the host `host`."""

    user: str
    host: str
    pid: int
    utc: str
    why: str
    token: str


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
        raise DeviceError(
            f"{device}: {held.user}@{held.host} deploys since {held.utc} ({held.why}).",
            remedy="Wait for it to end; if it is dead, run "
            f"`host deploy --target {device} --break-lock`.",
        )
    try:
        yield
    finally:
        # Without a connection it stays, and the next deploy from this host takes it over.
        with suppress(XtremeEdgeError):
            _release(session, layout, ours.token)


def _take(session: Session, layout: Layout, ours: Holder) -> Holder | None:
    """Try to take the lock; return who has it instead."""
    answer = run_script(
        session, TAKE, str(layout.root), stdin=codec.encode(ours), doing="take the deploy lock"
    )
    if not answer.startswith("held"):
        return None
    try:
        return codec.decode(answer.removeprefix("held").strip(), Holder, source="deploy.lock")
    except ContractError:
        return Holder(user="?", host="?", pid=0, utc="?", why="it left no note", token="?")  # noqa: S106 (no password)


def _release(session: Session, layout: Layout, token: str) -> None:
    run_script(session, RELEASE, str(layout.root), token, doing="release the deploy lock")


def _is_left_behind(held: Holder, ours: Holder) -> bool:
    if (held.user, held.host) != (ours.user, ours.host):
        return False
    if held.pid == ours.pid:
        # This process deploys to a device once at a time, so it is its own, from a lost connection.
        return True
    try:
        os.kill(held.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
