"""The device's key: made once, secret, and good for signatures that OpenSSH accepts."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from device_agent.contract.errors import DeviceError
from device_agent.contract.sshsig import Signature
from device_agent.layout import Layout
from device_agent.signing import ensure_key, public_key, sign


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(PurePosixPath(tmp_path))


def test_the_key_is_its_owners_alone(layout: Layout) -> None:
    """Whatever the umask, nobody else reads the secret half, and everybody the public one."""
    before = os.umask(0)
    try:
        ensure_key(layout)
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path(layout.signing_key).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(layout.signing_public_key).stat().st_mode) == 0o644
    assert {path.name for path in Path(layout.root).iterdir()} == {"signing.key", "signing.pub"}


def test_the_key_stays(layout: Layout) -> None:
    """Another start, as of a new release or after a rollback, makes no new one."""
    ensure_key(layout)
    key = public_key(layout)
    ensure_key(layout)
    assert key is not None
    assert public_key(layout) == key


def test_a_lost_public_half_comes_back(layout: Layout) -> None:
    """A cut between writing the two is made good at the next start."""
    ensure_key(layout)
    key = public_key(layout)
    Path(layout.signing_public_key).unlink()
    assert public_key(layout) is None
    ensure_key(layout)
    assert public_key(layout) == key


def test_a_start_with_a_key_loads_no_cryptography(layout: Layout) -> None:
    """What measures does not carry what signs."""
    ensure_key(layout)
    script = (
        "import sys; from pathlib import PurePosixPath; from device_agent.layout import Layout; "
        "from device_agent.signing import ensure_key, public_key; "
        f"layout = Layout(PurePosixPath({str(layout.root)!r})); ensure_key(layout); "
        "assert public_key(layout); assert 'cryptography' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_signature_names_the_key(layout: Layout) -> None:
    """Who reads the signature learns who claims to have made it."""
    ensure_key(layout)
    assert Signature.decode(sign(b"m", layout), source="sig").key == public_key(layout)


@pytest.mark.parametrize("content", [b"", b"scrambled", b"\xff" * 500, None])
def test_a_damaged_key_is_told(layout: Layout, content: bytes | None) -> None:
    """The file is named, and how to get a new one."""
    if content is not None:
        Path(layout.signing_key).write_bytes(content)
    with pytest.raises(DeviceError, match=r"signing\.key") as caught:
        sign(b"m", layout)
    assert "host devices accept" in caught.value.remedy


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The agent does not serve without a key."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DeviceError, match="cannot be written"):
        ensure_key(Layout(PurePosixPath(tmp_path / "file")))
