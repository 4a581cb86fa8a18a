"""Connections that break: noticed, told as such, and continued without a byte lost."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

import pytest

from host.inventory import Device
from host.transport.session import ConnectionLost
from host.transport.ssh import SshSession
from tests.devices.proxy import CuttingProxy

MEBIBYTE = 1 << 20


@pytest.fixture
def proxy(device: Device) -> Iterator[CuttingProxy]:
    """A proxy before the machine's SSH port."""
    assert device.port is not None
    opened = CuttingProxy(device.port)
    yield opened
    opened.close()


@pytest.fixture
def behind(device: Device, proxy: CuttingProxy) -> Device:
    """The machine as it is reached through the proxy."""
    return dataclasses.replace(device, port=proxy.port)


def test_upload_goes_on_after_cuts(behind: Device, proxy: CuttingProxy, tmp_path: Path) -> None:
    """A file whose upload is cut again and again arrives whole, each attempt adding to it."""
    source = tmp_path / "source"
    source.write_bytes(bytes(range(251)) * (30 * MEBIBYTE // 251))
    remote = tmp_path / "remote"
    # More than an SSH server may hold back: what it has not passed on is lost with the cut.
    proxy.cut_after_bytes = 10 * MEBIBYTE
    attempts = 0
    while not remote.exists() or remote.stat().st_size < source.stat().st_size:
        attempts += 1
        assert attempts < 10
        offset = remote.stat().st_size if remote.exists() else 0
        session = SshSession(behind)
        try:
            session.upload(source, PurePosixPath(remote), offset=offset)
        except ConnectionLost:
            wait_for(partial(is_longer, remote, offset))
        finally:
            session.close()
    assert attempts > 1
    assert remote.read_bytes() == source.read_bytes()


def is_longer(file: Path, size_bytes: int) -> bool:
    """Say whether the file has grown beyond a size."""
    return file.exists() and file.stat().st_size > size_bytes


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until the other side has got so far; bounded."""
    deadline_s = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def test_cut_stream_is_lost_after_its_whole_lines(behind: Device, proxy: CuttingProxy) -> None:
    """Lines that came whole are yielded; the cut is a ConnectionLost, never an end."""
    session = SshSession(behind)
    lines = session.lines(["sh", "-c", "echo one; echo two; printf thr; sleep 60; echo ee"])
    assert next(lines) == b"one"
    assert next(lines) == b"two"
    proxy.cut()
    with pytest.raises(ConnectionLost):
        next(lines)
    session.close()


def test_cut_download_leaves_no_file(behind: Device, proxy: CuttingProxy, tmp_path: Path) -> None:
    """A download that is cut leaves neither the file nor a part of it."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    gate = tmp_path / "gate"
    session = SshSession(behind)
    script = f'head -c 100000 /dev/zero; touch "{gate}"; sleep 60'

    def cut_in_the_middle() -> None:
        wait_for(gate.exists)
        proxy.cut()

    threading.Thread(target=cut_in_the_middle, daemon=True).start()
    with pytest.raises(ConnectionLost):
        session.download(["sh", "-c", script], folder / "file", limit_bytes=1 << 30)
    assert list(folder.iterdir()) == []
    session.close()


def test_cut_command_is_lost_not_failed(behind: Device, proxy: CuttingProxy) -> None:
    """A command that the cut interrupts is lost; whether it succeeded is not made up."""
    session = SshSession(behind)
    assert session.run(["true"]).exit_status == 0
    proxy.cut()
    with pytest.raises(ConnectionLost):
        session.run(["true"])
    session.close()


def test_frozen_connection_is_noticed(behind: Device, proxy: CuttingProxy) -> None:
    """A peer that goes silent without closing anything is given up on."""
    session = SshSession(behind, alive_every_s=0.1, alive_within_s=0.5)
    lines = session.lines(["sh", "-c", "echo one; sleep 60"])
    assert next(lines) == b"one"
    proxy.freeze()
    with pytest.raises(ConnectionLost):
        next(lines)
    session.close()


def test_stalled_upload_is_given_up(behind: Device, proxy: CuttingProxy, tmp_path: Path) -> None:
    """An upload of which nothing is taken any more ends as lost."""
    source = tmp_path / "source"
    source.write_bytes(bytes(64 * MEBIBYTE))
    session = SshSession(behind, stall_s=0.5)
    with pytest.raises(ConnectionLost, match="took no data"):
        session.upload(
            source, PurePosixPath(tmp_path / "remote"), progress=lambda _: proxy.freeze()
        )
    session.close()


def test_losses_print_nothing(
    behind: Device, proxy: CuttingProxy, capfd: pytest.CaptureFixture[str]
) -> None:
    """The SSH library's own log and tracebacks stay off the terminal."""
    session = SshSession(behind)
    proxy.cut()
    with pytest.raises(ConnectionLost):
        session.run(["true"])
    session.close()
    session.close()
    assert capfd.readouterr() == ("", "")
