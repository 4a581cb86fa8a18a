"""OpenSSH's signature format for one purpose: an Ed25519 key signs a bundle's manifest.

The frame is that of OpenSSH's PROTOCOL.sshsig, so `ssh-keygen -Y verify` reads it. Kind of key,
namespace and hash are fixed, and so is every byte around the key and the signature: what differs
in one of them is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Annotated

import msgspec

from device_agent.contract.errors import ContractError

NAMESPACE = "bundle@xtreme-edge"
"""What the signature is for, so that none that was given for something else counts here."""

PublicKeyText = Annotated[
    str, msgspec.Meta(pattern=r"^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}\Z")
]
"""An Ed25519 public key as OpenSSH writes it, without a comment."""

_KIND = b"ssh-ed25519"
_HASH = b"sha512"
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_LINE_CHARACTERS = 70
_BEGIN = b"-----BEGIN SSH SIGNATURE-----\n"
_END = b"-----END SSH SIGNATURE-----\n"


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


_PREAMBLE = b"SSHSIG"
_PURPOSE = _string(NAMESPACE.encode()) + _string(b"") + _string(_HASH)
_KEY_HEAD = _string(_KIND) + _KEY_BYTES.to_bytes(4, "big")
_SIGNATURE_HEAD = _string(_KIND) + _SIGNATURE_BYTES.to_bytes(4, "big")


@dataclass(frozen=True)
class PublicKey:
    """One Ed25519 public key.

    Attributes:
        raw: Its 32 bytes.
    """

    raw: bytes

    @property
    def blob(self) -> bytes:
        """The key in SSH's wire form."""
        return _KEY_HEAD + self.raw

    @property
    def text(self) -> str:
        """The form of `authorized_keys`: type and base64."""
        return f"{_KIND.decode()} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """`SHA256:…`, as `ssh-keygen -l` prints it."""
        digest = hashlib.sha256(self.blob).digest()
        return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Read a key from its text form; a comment behind it is left out.

        Raises:
            ContractError: It is no Ed25519 public key.
        """
        words = text.split()
        try:
            blob = base64.b64decode(words[1], validate=True)
        except (IndexError, ValueError):
            blob = b""
        key = cls(blob[len(_KEY_HEAD) :])
        if words[:1] != [_KIND.decode()] or blob != key.blob or len(key.raw) != _KEY_BYTES:
            raise ContractError(
                f"{text[:60]!r} is no Ed25519 public key, expected such as 'ssh-ed25519 AAAA…'.",
                remedy="Take it from `signing.pub` in the agent's state folder on the device.",
            )
        return key


@dataclass(frozen=True)
class Signature:
    """A signature of a bundle's manifest.

    Attributes:
        key: Whose it claims to be.
        value: Ed25519's 64 bytes over `signed_data` of the manifest.
    """

    key: PublicKey
    value: bytes

    def encode(self) -> bytes:
        """Return the file's content, byte for byte as `ssh-keygen -Y sign` writes it."""
        text = base64.b64encode(
            _PREAMBLE
            + (1).to_bytes(4, "big")
            + _string(self.key.blob)
            + _PURPOSE
            + _string(_SIGNATURE_HEAD + self.value)
        )
        lines = [text[at : at + _LINE_CHARACTERS] for at in range(0, len(text), _LINE_CHARACTERS)]
        return _BEGIN + b"\n".join(lines) + b"\n" + _END

    @classmethod
    def decode(cls, data: bytes, *, source: str) -> Signature:
        """Read a signature.

        Args:
            data: The file's content.
            source: What the reader knows it as, for the error message.

        Raises:
            ContractError: It is not of the one form that a device writes.
        """
        # Every length is fixed, so there is nothing to parse: cut, write again, compare.
        body = data.removeprefix(_BEGIN).removesuffix(_END)[: len(_EXAMPLE)]
        try:
            blob = base64.b64decode(body.replace(b"\n", b""), validate=True)
        except binascii.Error:
            blob = b""
        found = cls(PublicKey(blob[_KEY_AT : _KEY_AT + _KEY_BYTES]), blob[-_SIGNATURE_BYTES:])
        is_whole = len(found.key.raw) == _KEY_BYTES and len(found.value) == _SIGNATURE_BYTES
        if not is_whole or found.encode() != data:
            raise ContractError(
                f"{source}: is no signature that a device makes: expected one of an Ed25519 key "
                f"in OpenSSH's format, with the namespace {NAMESPACE} and {_HASH.decode()}",
                remedy="Fetch the bundle again: `host collect RUN`.",
            )
        return found


def signed_data(message: bytes) -> bytes:
    """Return the bytes that the key signs in the message's place."""
    return _PREAMBLE + _PURPOSE + _string(hashlib.sha512(message).digest())


_KEY_AT = len(_PREAMBLE) + 4 + 4 + len(_KEY_HEAD)
_EXAMPLE = Signature(PublicKey(bytes(_KEY_BYTES)), bytes(_SIGNATURE_BYTES)).encode()
