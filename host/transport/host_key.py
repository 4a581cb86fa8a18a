"""A device's public host key: its text form and its fingerprint, as OpenSSH prints them."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from host.transport.session import TransportError

_TYPES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)


@dataclass(frozen=True)
class HostKey:
    """One public key.

    Attributes:
        type: Such as `ssh-ed25519`.
        blob: The key in SSH's wire form; its first field repeats the type.
    """

    type: str
    blob: bytes

    @property
    def text(self) -> str:
        """The form of the inventory and of `known_hosts`: type and base64."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """`SHA256:…`, as `ssh-keygen -l` prints it."""
        digest = hashlib.sha256(self.blob).digest()
        return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"

    @property
    def short_type(self) -> str:
        """The word that OpenSSH puts into the key's file name: ed25519, ecdsa or rsa."""
        return self.type.removeprefix("ssh-").partition("-")[0]

    @classmethod
    def parse(cls, text: str) -> HostKey:
        """Read a key from its text form; a comment behind it is left out.

        Raises:
            TransportError: It is not a public key of a type that is used for hosts.
        """
        words = text.split()
        try:
            blob = base64.b64decode(words[1], validate=True)
        except (IndexError, binascii.Error):
            blob = b""
        name = words[0].encode() if words else b""
        if not words or words[0] not in _TYPES or blob[4 : 4 + len(name)] != name:
            raise TransportError(
                f"{text[:60]!r} is not a public host key, expected such as 'ssh-ed25519 AAAA…'.",
                remedy="Take it from the device: `cat /etc/ssh/ssh_host_ed25519_key.pub`.",
            )
        return cls(words[0], blob)


def is_host_key(text: str) -> bool:
    """Say whether the text is a public host key."""
    try:
        HostKey.parse(text)
    except TransportError:
        return False
    return True
