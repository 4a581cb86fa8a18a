"""Trusting a device for the first time: what `known_hosts` has, or a fingerprint that was compared.

Nothing is trusted on first use.
"""

from __future__ import annotations

from pathlib import Path

import paramiko

from host.inventory.device import Device
from host.transport.endpoint import Endpoint, resolve
from host.transport.host_key import HostKey
from host.transport.login import check_host_key, host_key_of, shake_hands
from host.transport.session import TransportError

_KNOWN_HOSTS = ".ssh/known_hosts"


def trusted_host_key(device: Device, *, fingerprint: str | None = None) -> HostKey:
    """Ask the device for its host key and return it where there is a reason to trust it.

    Args:
        device: Its pinned key, if it has one, counts for nothing here.
        fingerprint: `SHA256:…`, as the user read it on the device.

    Raises:
        TransportError: The device is this machine; or the fingerprint is another; or none is given
            and `~/.ssh/known_hosts` has no key, or another key, of this host.
    """
    if device.is_local:
        raise TransportError(
            f"{device.name} is this machine itself, reached without SSH: it has no host key, and "
            "there is nothing to trust.",
            remedy=f"Use it as it is: `host deploy --target {device.name}`.",
        )
    endpoint = resolve(device)
    known = known_host_keys(endpoint)
    # Ask first for the kind of key that is known: a server has several.
    connection = shake_hands(endpoint, known[0].text if known else None)
    try:
        found = host_key_of(connection)
    finally:
        connection.close()
    if fingerprint is not None:
        if found.fingerprint != fingerprint.strip():
            raise TransportError(
                f"{device.name}: the host key of {endpoint.host} is {found.fingerprint}, "
                f"expected {fingerprint.strip()}.",
                remedy="Read the fingerprint on the device again: `ssh-keygen -lf "
                f"/etc/ssh/ssh_host_{found.short_type}_key.pub`.",
            )
        return found
    if found in known:
        return found
    # Raises: unknown, or another than the known one.
    check_host_key(endpoint, known[0].text if known else None, found)
    return found


def known_host_keys(endpoint: Endpoint) -> list[HostKey]:
    """Return the keys that `~/.ssh/known_hosts` has for the endpoint, hashed names included."""
    try:
        known = paramiko.HostKeys(str(Path.home() / _KNOWN_HOSTS))
    except (OSError, paramiko.SSHException, ValueError):
        return []
    found = known.lookup(endpoint.known_hosts_name)
    return [HostKey(key.get_name(), key.asbytes()) for key in found.values()] if found else []
