"""From a byte stream to a logged-in SSH connection: key exchange, pinned host key, public key."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import paramiko

from host.inventory.device import Device
from host.transport.dial import dial
from host.transport.endpoint import Endpoint, resolve
from host.transport.host_key import HostKey
from host.transport.keys import Keys, offered_keys
from host.transport.session import HostKeyError, TransportError

CONNECT_TIMEOUT_S = 15.0
_WINDOW_BYTES = 16 << 20
# One pass over the data instead of two; measured on uploads: half as fast again as CTR with HMAC.
_FAST_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
# A handler, so that logging's last resort does not print paramiko's tracebacks.
_SILENT = logging.NullHandler()


def log_in(device: Device, *, timeout_s: float = CONNECT_TIMEOUT_S) -> paramiko.Transport:
    """Connect to a device whose host key is pinned, and log in with a key.

    Raises:
        TransportError: No connection, an unknown or changed host key, or no key is accepted.
    """
    endpoint = resolve(device)
    connection = shake_hands(endpoint, device.host_key, timeout_s)
    try:
        check_host_key(endpoint, device.host_key, host_key_of(connection))
        with offered_keys(endpoint) as keys:
            _authenticate(connection, endpoint, keys)
    except BaseException:
        connection.close()
        raise
    return connection


def shake_hands(
    endpoint: Endpoint, pinned: str | None, timeout_s: float = CONNECT_TIMEOUT_S
) -> paramiko.Transport:
    """Connect and exchange keys, nothing more: no user name has been sent yet.

    Raises:
        TransportError: Nothing answers, or what answers does not speak SSH as we do.
    """
    logging.getLogger("paramiko").addHandler(_SILENT)
    stream = dial(endpoint, timeout_s)
    connection = paramiko.Transport(stream, default_window_size=_WINDOW_BYTES)
    connection.banner_timeout = connection.auth_timeout = timeout_s
    try:
        options = connection.get_security_options()
        options.ciphers = _first(_FAST_CIPHERS, options.ciphers)
        if pinned is not None:
            options.key_types = _first(_algorithms(HostKey.parse(pinned).type), options.key_types)
        _negotiate(connection, timeout_s)
    except (paramiko.SSHException, EOFError, OSError) as error:
        connection.close()
        stream.close()
        reason = str(error) or "it hung up"
        raise TransportError(
            f"{endpoint.device}: what answers at {endpoint.host} port {endpoint.port} does not "
            f"complete an SSH handshake: {reason}.",
            remedy=f"Check address and port; compare with `ssh -v -p {endpoint.port} "
            f"{endpoint.user}@{endpoint.host}`.",
        ) from error
    except BaseException:
        connection.close()
        stream.close()
        raise
    return connection


def _negotiate(connection: paramiko.Transport, timeout_s: float) -> None:
    connection.start_client(timeout=timeout_s)
    # It returns without a word when the time is up, as it is with a board that boots.
    if not connection.initial_kex_done:
        raise TimeoutError(f"it takes more than {timeout_s:g} s")


def host_key_of(connection: paramiko.Transport) -> HostKey:
    """Return the key that the device has proved to hold."""
    key = connection.get_remote_server_key()
    return HostKey(key.get_name(), key.asbytes())


def check_host_key(endpoint: Endpoint, pinned: str | None, found: HostKey) -> None:
    """Compare the device's host key with the pinned one.

    Raises:
        HostKeyError: None is pinned, or it is another.
    """
    name = endpoint.device
    if pinned is None:
        raise HostKeyError(
            f"{name}: the host key of {endpoint.host} is not known yet; "
            f"it shows {found.type} {found.fingerprint}.",
            remedy="Compare this with what the device itself prints (`ssh-keygen -lf "
            f"/etc/ssh/ssh_host_{found.short_type}_key.pub`). If they are equal, run the same "
            f"`host devices add` with `--fingerprint {found.fingerprint}`; for a device that the "
            f"inventory has, `host devices trust {name} --fingerprint {found.fingerprint}`.",
        )
    expected = HostKey.parse(pinned)
    if found != expected:
        raise HostKeyError(
            f"{name}: THE HOST KEY OF {endpoint.host} HAS CHANGED: found {found.type} "
            f"{found.fingerprint}, expected {expected.type} {expected.fingerprint}. "
            "Another machine may be answering in its place.",
            remedy="If the device was set up anew, compare with `ssh-keygen -lf "
            f"/etc/ssh/ssh_host_{found.short_type}_key.pub` on it, then run "
            f"`host devices trust {name} --fingerprint {found.fingerprint}`.",
        )


def _authenticate(connection: paramiko.Transport, endpoint: Endpoint, keys: Keys) -> None:
    tried: list[str] = []
    reason = "accepts none of the keys"
    for candidate in keys.candidates:
        tried.append(candidate.label)
        try:
            missing = connection.auth_publickey(endpoint.user, candidate.key)
        except paramiko.BadAuthenticationType as error:
            reason = f"allows no login by key, only by {', '.join(error.allowed_types)}"
            break
        except paramiko.AuthenticationException:
            continue
        except (paramiko.SSHException, EOFError, OSError) as error:
            reason = f"ended the connection after {len(tried)} keys ({error or 'no reason given'})"
            break
        if not missing:
            return
        reason = f"takes the key {candidate.label} but wants {', '.join(missing)} as well"
        break
    raise _refused(endpoint, keys, tried, reason)


def _refused(endpoint: Endpoint, keys: Keys, tried: list[str], reason: str) -> TransportError:
    offered = f"; offered: {', '.join(tried)}" if tried else "; there was no key to offer"
    left = f"; not usable: {', '.join(keys.unusable)}" if keys.unusable else ""
    if keys.locked is not None:
        remedy = f"Unlock the key in the SSH agent: `ssh-add {keys.locked}`."
    elif tried:
        remedy = (
            f"Put your public key on the device: `ssh-copy-id -p {endpoint.port} "
            f"{endpoint.user}@{endpoint.host}`, or name another user or key in the inventory."
        )
    else:
        remedy = (
            "Make a key with `ssh-keygen -t ed25519`, then put it on the device: "
            f"`ssh-copy-id -p {endpoint.port} {endpoint.user}@{endpoint.host}`."
        )
    return TransportError(f"{endpoint.device}: {endpoint} {reason}{offered}{left}.", remedy=remedy)


def _algorithms(key_type: str) -> tuple[str, ...]:
    """Return the signature algorithms with which a key of that type proves itself."""
    return ("rsa-sha2-512", "rsa-sha2-256") if key_type == "ssh-rsa" else (key_type,)


def _first(wanted: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    present = tuple(name for name in wanted if name in known)
    return present + tuple(name for name in known if name not in present)
