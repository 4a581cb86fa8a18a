"""Pins the key that a device signs its bundles with, once its agent serves."""

from __future__ import annotations

from device_agent.layout import Layout
from host.agent import Agent
from host.inventory.signers import Signers
from host.transport.session import Session


def pin_bundle_key(session: Session, layout: Layout, device: str) -> tuple[str, ...]:
    """Pin the device's key, or see that it is the pinned one; say so where it was pinned now.

    Raises:
        XtremeEdgeError: It is another than the pinned one, or there is none.
        ConnectionLost: Nothing is known.
    """
    key = Agent(session, layout, device).bundle_key()
    if not Signers().pin(device, key):
        return ()
    return (f"it signs its bundles with the key {key.fingerprint}, which is pinned from now on.",)


def forget_bundle_key(device: str) -> None:
    """Expect no key of a device whose agent, and so its key, was removed."""
    Signers().retire(device)
