"""The key that a device signs its bundles with, pinned when its agent first serves."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from device_agent.layout import Layout
from device_agent.signing import ensure_key, public_key
from host.agent import Agent
from host.deploy.deploy import deploy
from host.deploy.rollback import roll_back
from host.deploy.undeploy import undeploy
from host.inventory import Device, InventoryError, Signers
from host.transport.session import Session


def test_the_key_is_pinned_and_another_is_refused(
    device: Device, session: Session, layout: Layout
) -> None:
    """The first deploy pins; where something else answers later, the remedy is to accept it."""
    first = deploy(session, device)
    key = Agent(session, layout, device.name).bundle_key()
    assert key.fingerprint in first.notes[-1]
    assert Signers().current(device.name) == key
    for path in (layout.signing_key, layout.signing_public_key):
        Path(path).unlink()
    ensure_key(layout)
    with pytest.raises(InventoryError, match="signs its bundles with another key") as caught:
        deploy(session, device)
    assert key.fingerprint in caught.value.message
    assert f"host devices accept {device.name}" in caught.value.remedy
    assert Signers().current(device.name) == key
    Signers().accept(device.name, Agent(session, layout, device.name).bundle_key())
    deploy(session, device)


def test_the_key_outlives_releases_and_goes_with_the_agent(
    device: Device, session: Session, layout: Layout, make_python: Callable[[str, str], str]
) -> None:
    """Neither a new release nor a rollback makes another; undeploy removes and forgets it."""
    deploy(session, device)
    key = public_key(layout)
    assert key is not None
    deploy(session, dataclasses.replace(device, python=make_python("other", ":")))
    assert public_key(layout) == key
    roll_back(session, device)
    assert public_key(layout) == key
    undeploy(session, device, is_collected=lambda _: True)
    assert not Path(layout.root).exists()
    assert Signers().current(device.name) is None
    assert [signer.key for signer in Signers().all()] == [key]
