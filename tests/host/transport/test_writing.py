"""The command that writes what is shipped, run as the device would run it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path, PurePosixPath

from device_agent.digest import digest_bytes
from host.transport.writing import write_command, written_digest

DATA = bytes(range(256)) * 10_000


def run(remote: Path, data: bytes, path: Path | None = None) -> bytes:
    """Write from the beginning on and return what the command printed."""
    argv = write_command(PurePosixPath(remote), 0)
    argv[0] = str(shutil.which(argv[0]))
    environment = {"PATH": str(path)} if path else None
    return subprocess.run(argv, input=data, env=environment, check=True, capture_output=True).stdout


def test_what_is_written_is_hashed_on_the_way(tmp_path: Path) -> None:
    """The digest is that of the bytes that came, whatever stood in the file."""
    remote = tmp_path / "it's ü"
    remote.write_bytes(b"longer than nothing")
    assert written_digest(run(remote, DATA)) == digest_bytes(DATA)
    assert remote.read_bytes() == DATA


def test_without_python_the_file_is_written_all_the_same(tmp_path: Path) -> None:
    """Then nobody has hashed it, and nobody says so."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "flock", "dd"):
        (tools / name).symlink_to(str(shutil.which(name)))
    remote = tmp_path / "remote"
    assert written_digest(run(remote, DATA, tools)) is None
    assert remote.read_bytes() == DATA


def test_talk_of_a_login_shell_is_no_digest() -> None:
    """Only a digest and nothing else counts."""
    assert written_digest(b"Welcome!\n" + b"0" * 64) is None
    assert written_digest(b"0" * 63) is None
