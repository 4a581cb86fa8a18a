"""The key that tests sign bundles with; the session's home has it pinned for the device `tests`."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from device_agent.contract.bundle import MANIFEST_NAME, SIGNATURE_NAME
from device_agent.contract.sshsig import PublicKey, Signature, signed_data

DEVICE = "tests"


def secret_key(number: int = 0) -> Ed25519PrivateKey:
    """Return the n-th key; only the first is pinned."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def public_key(number: int = 0) -> PublicKey:
    """Return its public half."""
    return PublicKey(secret_key(number).public_key().public_bytes_raw())


def signature_of(manifest: bytes, number: int = 0) -> bytes:
    """Return the content of the signature file."""
    value = secret_key(number).sign(signed_data(manifest))
    return Signature(public_key(number), value).encode()


def sign_bundle(folder: Path, number: int = 0) -> Path:
    """Sign a bundle's manifest as it is now."""
    manifest = (folder / MANIFEST_NAME).read_bytes()
    (folder / SIGNATURE_NAME).write_bytes(signature_of(manifest, number))
    return folder


def give_key(state: Path, number: int = 0) -> None:
    """Put the secret key where the agent of that state folder looks for its own."""
    state.mkdir(parents=True, exist_ok=True)
    path = state / "signing.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(
            secret_key(number).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        )
