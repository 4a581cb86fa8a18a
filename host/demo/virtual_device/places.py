"""What lies where below a virtual device's root, and its two key pairs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """Paths below one root."""

    root: Path

    @property
    def home(self) -> Path:
        """The home folder of the device's user."""
        return self.root / "home"

    @property
    def host_key(self) -> Path:
        """The server's own private key."""
        return self.root / "host_key"

    @property
    def client_key(self) -> Path:
        """The one private key that may log in."""
        return self.root / "client_key"


def ensure_key(path: Path) -> None:
    """Make an Ed25519 key pair at `path` and `path.pub`, unless it is there already."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (heavy)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )

    if path.is_file():
        return
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    path.with_name(f"{path.name}.pub").write_bytes(public + b"\n")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private)
