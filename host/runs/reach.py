"""Opens a connection to the agent of a device."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from host.agent import Agent
from host.deploy.place import layout_of
from host.inventory import Device
from host.transport.connect import connect


@contextmanager
def reach(device: Device) -> Iterator[Agent]:
    """Connect to a device's agent, and hang up at the end of the context.

    Raises:
        TransportError: No connection, an unknown or changed host key, or no accepted login.
    """
    with connect(device) as session:
        yield Agent(session, layout_of(session, device), device.name)
