"""The signature is OpenSSH's, byte for byte, and nothing else is taken for one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.errors import ContractError
from device_agent.contract.sshsig import NAMESPACE, PublicKey, Signature
from tests.signing import public_key, secret_key, signature_of

SIGNATURE = signature_of(b"manifest")

needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="ssh-keygen is not here"
)


def keygen(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["ssh-keygen", *map(str, arguments)], input=stdin, capture_output=True, check=False
    )


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.touch(mode=0o600)
    path.write_bytes(
        secret_key().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    )
    return path


@needs_ssh_keygen
def test_it_is_what_ssh_keygen_writes(key_file: Path) -> None:
    """The same key makes the same file of the same message, to the last byte."""
    done = keygen("-Y", "sign", "-f", key_file, "-n", NAMESPACE, stdin=b"manifest")
    assert done.stdout == SIGNATURE, done.stderr


@needs_ssh_keygen
def test_a_key_and_its_fingerprint_are_ssh_keygens(key_file: Path) -> None:
    """What people compare is what `ssh-keygen` prints."""
    assert keygen("-y", "-f", key_file).stdout.decode().split() == public_key().text.split()
    assert public_key().fingerprint in keygen("-l", "-f", key_file).stdout.decode()


@needs_ssh_keygen
@pytest.mark.parametrize(
    "arguments", [("-t", "ecdsa"), ("-t", "ed25519"), ("-t", "ed25519", "-n", "file")]
)
def test_signatures_for_something_else_are_refused(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """Another kind of key, hash or namespace is named as what it is not."""
    kind, *purpose = arguments[1:]
    keygen("-q", "-t", kind, "-N", "", "-f", tmp_path / "key")
    named = purpose or ["-n", NAMESPACE, "-O", "hashalg=sha256"]
    done = keygen("-Y", "sign", "-f", tmp_path / "key", *named, stdin=b"manifest")
    assert done.stdout.startswith(b"-----BEGIN SSH SIGNATURE")
    with pytest.raises(ContractError, match=f"no signature that a device makes.*{NAMESPACE}"):
        Signature.decode(done.stdout, source="sig")


def test_what_is_encoded_is_decoded() -> None:
    """Key and value come back."""
    found = Signature.decode(SIGNATURE, source="sig")
    assert found.key == public_key()
    assert found.encode() == SIGNATURE


@given(data=st.data())
def test_one_changed_byte_is_another_signature_or_none(data: st.DataObject) -> None:
    """No byte may change without a change in key or value: there is one way to write each."""
    at = data.draw(st.integers(0, len(SIGNATURE) - 1))
    changed = bytearray(SIGNATURE)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        found = Signature.decode(bytes(changed), source="sig")
    except ContractError:
        return
    assert found != Signature.decode(SIGNATURE, source="sig")


@given(st.binary(max_size=2000) | st.binary(max_size=200).map(lambda b: SIGNATURE[:40] + b))
def test_any_bytes_are_a_contract_error(data: bytes) -> None:
    """Whatever stands in the file, only the project's own error comes out."""
    with pytest.raises(ContractError):
        Signature.decode(data, source="sig")


@given(st.text(max_size=120) | st.text(max_size=90).map(lambda text: f"ssh-ed25519 {text}"))
def test_any_text_is_a_key_or_a_contract_error(text: str) -> None:
    """A key that parses is written back as it stood."""
    try:
        key = PublicKey.parse(text)
    except ContractError:
        return
    assert text.split()[:2] == key.text.split()
