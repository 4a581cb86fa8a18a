"""Trust in a host key comes from known_hosts or from a fingerprint that somebody compared."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path

import pytest

from host.inventory import Device
from host.transport.host_key import HostKey, is_host_key
from host.transport.session import TransportError
from host.transport.trust import trusted_host_key
from tests.devices.sshd import make_key


@pytest.fixture
def unpinned(device: Device) -> Device:
    """The machine as it is first added."""
    return dataclasses.replace(device, host_key=None)


def test_fingerprint_is_ssh_keygens(tmp_path: Path) -> None:
    """The fingerprint of a key is what `ssh-keygen -l` prints."""
    for kind in ("ed25519", "ecdsa", "rsa"):
        key = HostKey.parse(make_key(tmp_path / kind, kind=kind))
        printed = subprocess.run(
            ["ssh-keygen", "-lf", str(tmp_path / f"{kind}.pub")],
            check=True,
            capture_output=True,
            text=True,
        )
        assert key.fingerprint == printed.stdout.split()[1]
        assert key.short_type == kind


@pytest.mark.parametrize(
    "text",
    ["", "ssh-ed25519", "ssh-ed25519 !!!", "ssh-ed25519 AAAA", "ssh-dss AAAAB3NzaC1kc3M=", "x y z"],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    """A text that is not a public host key is never pinned."""
    assert not is_host_key(text)


def test_compared_fingerprint_is_trusted(unpinned: Device, device: Device) -> None:
    """The key whose fingerprint the user gives is returned for pinning."""
    assert device.host_key is not None
    expected = HostKey.parse(device.host_key)
    assert trusted_host_key(unpinned, fingerprint=expected.fingerprint) == expected


def test_other_fingerprint_is_refused(unpinned: Device) -> None:
    """A key with another fingerprint than the one given is refused."""
    with pytest.raises(TransportError, match="expected SHA256:wrong"):
        trusted_host_key(unpinned, fingerprint="SHA256:wrong")


def test_nothing_is_trusted_on_first_use(unpinned: Device) -> None:
    """Without a fingerprint and without known_hosts there is no reason to trust."""
    with pytest.raises(TransportError, match="not known yet"):
        trusted_host_key(unpinned)


@pytest.mark.parametrize("hashed", [False, True])
def test_known_hosts_is_a_reason(
    unpinned: Device, device: Device, home: Path, *, hashed: bool
) -> None:
    """A key that OpenSSH has verified before is trusted, also where names are hashed."""
    file = home / ".ssh" / "known_hosts"
    file.write_text(f"[127.0.0.1]:{device.port} {device.host_key}\n")
    if hashed:
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(file)], check=True)
        assert "127.0.0.1" not in file.read_text()
    assert trusted_host_key(unpinned).text == device.host_key


def test_other_key_in_known_hosts_is_a_warning(
    unpinned: Device, device: Device, home: Path, tmp_path: Path
) -> None:
    """A host whose key differs from the one that OpenSSH knows is refused as changed."""
    other = make_key(tmp_path / "other")
    (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{device.port} {other}\n")
    with pytest.raises(TransportError, match="HAS CHANGED"):
        trusted_host_key(unpinned)
