"""The device's own key: made here at the first start, never sent anywhere, signs every bundle.

`cryptography` is loaded only to make the key and to sign: an agent that measures does without it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from device_agent.contract.errors import ContractError, DeviceError
from device_agent.contract.sshsig import PublicKey, Signature, signed_data
from device_agent.layout import Layout

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_SECRET_MODE = 0o600
_PUBLIC_MODE = 0o644


def ensure_key(layout: Layout) -> None:
    """Make the key where there is none. Only for the one that holds the state folder's lock.

    Raises:
        DeviceError: It cannot be written or read.
    """
    secret, public = Path(layout.signing_key), Path(layout.signing_public_key)
    try:
        if not secret.exists():
            public.unlink(missing_ok=True)
            _write(secret, _generate(), _SECRET_MODE)
        if not public.exists():
            key = _public(_load(secret))
            _write(public, f"{key.text} xtreme-edge\n".encode(), _PUBLIC_MODE)
    except OSError as error:
        raise DeviceError(
            f"The key that signs bundles cannot be written to {secret}: {error.strerror}.",
            remedy="Free space on the device or make the folder writable, then start the agent "
            "again: `host deploy`.",
        ) from error


def public_key(layout: Layout) -> PublicKey | None:
    """Return the public key; None before the agent has first served, or where it is damaged."""
    try:
        return PublicKey.parse(Path(layout.signing_public_key).read_text("ascii"))
    except (OSError, ContractError, UnicodeDecodeError):
        return None


def can_sign(layout: Layout) -> bool:
    """Say whether this process may read the key, which only the agent's own user may."""
    return os.access(layout.signing_key, os.R_OK)


def sign(message: bytes, layout: Layout) -> bytes:
    """Return the content of the detached signature file.

    Raises:
        DeviceError: The key is not there or not readable.
    """
    secret = _load(Path(layout.signing_key))
    return Signature(_public(secret), secret.sign(signed_data(message))).encode()


def _generate() -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
    )


def _load(path: Path) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key  # noqa: PLC0415

    try:
        key = load_ssh_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise DeviceError(
            f"The key that signs bundles cannot be read from {path}: {error}",
            remedy="Start the agent as its own user (`host deploy`). If the file is damaged, "
            f"remove it on the device (`rm {path}`), deploy, and then accept the new key: "
            "`host devices accept DEVICE`.",
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise DeviceError(
            f"{path} holds no Ed25519 key.",
            remedy=f"Remove it on the device (`rm {path}`), then `host deploy`.",
        )
    return key


def _public(key: Ed25519PrivateKey) -> PublicKey:
    return PublicKey(key.public_key().public_bytes_raw())


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write beside, fsync, rename, fsync the folder; nobody else ever sees a secret on its way."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(handle, "wb") as file:
        # The umask may have taken bits away that readers of the public key need.
        os.fchmod(handle, mode)
        file.write(data)
        file.flush()
        os.fsync(handle)
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
