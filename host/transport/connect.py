"""Opens the session that a device's address asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from host.inventory.device import Device
from host.transport.session import Session


@contextmanager
def connect(device: Device) -> Iterator[Session]:
    """Open a session and close it at the end of the context.

    Raises:
        TransportError: No connection, an unknown or changed host key, or no accepted login.
    """
    session = open_session(device)
    try:
        yield session
    finally:
        session.close()


def open_session(device: Device) -> Session:
    """Open a session; the caller closes it. Raises as `connect`."""
    if device.is_local:
        from host.transport.local import LocalSession  # noqa: PLC0415

        return LocalSession(device.name)
    from host.transport.ssh import SshSession  # noqa: PLC0415 (brings paramiko)

    return SshSession(device)
