"""Getting in, and every way of not getting in, each with what to do about it."""

from __future__ import annotations

import dataclasses
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from host.inventory import Device
from host.transport.connect import connect
from host.transport.dial import dial
from host.transport.endpoint import resolve
from host.transport.host_key import HostKey
from host.transport.login import shake_hands
from host.transport.session import TransportError
from tests.devices.sshd import free_port, make_key


def refusal(device: Device) -> TransportError:
    """Try to connect and return the error."""
    with pytest.raises(TransportError) as caught, connect(device):
        pass
    return caught.value


def test_unknown_host_key_is_refused(device: Device) -> None:
    """Without a pinned key nothing is trusted; the message has the fingerprint to compare."""
    assert device.host_key is not None
    error = refusal(dataclasses.replace(device, host_key=None))
    fingerprint = HostKey.parse(device.host_key).fingerprint
    assert fingerprint in error.message
    assert f"host devices trust {device.name} --fingerprint {fingerprint}" in error.remedy


def test_changed_host_key_is_refused(device: Device, tmp_path: Path) -> None:
    """Another key than the pinned one is refused; the message has both fingerprints."""
    assert device.host_key is not None
    pinned = make_key(tmp_path / "other")
    error = refusal(dataclasses.replace(device, host_key=pinned))
    assert "HAS CHANGED" in error.message
    for key in (pinned, device.host_key):
        assert HostKey.parse(key).fingerprint in error.message
    assert "host devices trust" in error.remedy


def test_changed_kind_of_host_key_is_refused(device: Device, tmp_path: Path) -> None:
    """A server that no longer has a key of the pinned kind is refused, not negotiated around."""
    pinned = make_key(tmp_path / "other", kind="ecdsa")
    assert "HAS CHANGED" in refusal(dataclasses.replace(device, host_key=pinned)).message


def test_wrong_key_is_refused(device: Device, tmp_path: Path) -> None:
    """A key that the device does not know is named, with the command that makes it known."""
    public = make_key(tmp_path / "stranger")
    error = refusal(dataclasses.replace(device, key=str(tmp_path / "stranger")))
    assert "accepts none of the keys" in error.message
    assert HostKey.parse(public).fingerprint in error.message
    assert f"ssh-copy-id -p {device.port} {device.user}@127.0.0.1" in error.remedy


def test_wrong_user_is_refused(device: Device) -> None:
    """A user that the device does not have is part of the message."""
    error = refusal(dataclasses.replace(device, user="nobody-here"))
    assert "nobody-here@127.0.0.1" in error.message


def test_absent_key_file_is_told(device: Device, tmp_path: Path) -> None:
    """A key file that was named but is not there is the reason given."""
    error = refusal(dataclasses.replace(device, key=str(tmp_path / "absent")))
    assert f"{tmp_path}/absent (no such file)" in error.message


def test_broken_key_file_is_told(device: Device, tmp_path: Path) -> None:
    """A file that holds no private key is the reason given."""
    (tmp_path / "notes.txt").write_text("buy milk")
    error = refusal(dataclasses.replace(device, key=str(tmp_path / "notes.txt")))
    assert "not a private key" in error.message


def test_no_key_at_all_is_told(device: Device) -> None:
    """Without any key, the remedy is how to make one."""
    error = refusal(dataclasses.replace(device, key=None))
    assert "no key to offer" in error.message
    assert "ssh-keygen -t ed25519" in error.remedy


def test_locked_key_is_told_without_asking(device: Device, tmp_path: Path) -> None:
    """A key with a passphrase is never asked for it; the remedy unlocks it in the agent."""
    make_key(tmp_path / "locked", passphrase="secret")
    error = refusal(dataclasses.replace(device, key=str(tmp_path / "locked")))
    assert "has a passphrase" in error.message
    assert f"ssh-add {tmp_path}/locked" in error.remedy
    assert "secret" not in str(error)


def test_agent_key_is_offered(
    device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that only the SSH agent holds logs in."""
    assert device.key is not None
    with ssh_agent(tmp_path, monkeypatch):
        subprocess.run(["ssh-add", "-q", device.key], check=True, stderr=subprocess.DEVNULL)
        with connect(dataclasses.replace(device, key=None)) as session:
            assert session.run(["true"]).exit_status == 0


def test_agent_keys_are_left_out_when_a_key_is_named(
    device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key named in the inventory is the only one offered, however many the agent holds."""
    assert device.key is not None
    with ssh_agent(tmp_path, monkeypatch):
        subprocess.run(["ssh-add", "-q", device.key], check=True, stderr=subprocess.DEVNULL)
        make_key(tmp_path / "stranger")
        error = refusal(dataclasses.replace(device, key=str(tmp_path / "stranger")))
    assert "(agent)" not in error.message


def test_agent_unlocks_a_named_key(
    device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A named key with a passphrase logs in through the agent that holds it."""
    assert device.key is not None
    locked = tmp_path / "locked"
    for name in ("", ".pub"):
        (tmp_path / f"locked{name}").write_bytes(Path(f"{device.key}{name}").read_bytes())
    locked.chmod(0o600)
    with ssh_agent(tmp_path, monkeypatch):
        subprocess.run(["ssh-add", "-q", str(locked)], check=True, stderr=subprocess.DEVNULL)
        change = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", str(locked)]
        subprocess.run(change, check=True, stdout=subprocess.DEVNULL)
        with connect(dataclasses.replace(device, key=str(locked))) as session:
            assert session.run(["true"]).exit_status == 0


@contextmanager
def ssh_agent(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An SSH agent of our own, known by its socket."""
    path = folder / "agent.socket"
    process = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    try:
        yield
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_refused_port_is_told() -> None:
    """Nothing listening is told apart from no answer."""
    error = refusal(Device(name="pi5", address="127.0.0.1", port=free_port()))
    assert "nothing listens there" in error.message
    assert "systemctl enable --now ssh" in error.remedy


def test_unresolvable_name_is_told() -> None:
    """A name that does not resolve is told as such."""
    error = refusal(Device(name="pi5", address="no-such-host.invalid"))
    assert "'no-such-host.invalid' does not resolve" in error.message


def test_silent_host_is_told() -> None:
    """A host that never answers is given up after the timeout."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fill = [socket.socket() for _ in range(4)]
        for waiting in fill:
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        endpoint = resolve(Device(name="pi5", address="127.0.0.1", port=port))
        with pytest.raises(TransportError, match=r"does not answer within 0\.3 s") as caught:
            dial(endpoint, 0.3)
        for waiting in fill:
            waiting.close()
    assert "ping 127.0.0.1" in caught.value.remedy


def test_other_protocol_is_told() -> None:
    """A server that does not speak SSH is told as such, without a traceback on the terminal."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            stream, _ = listener.accept()
            with stream:
                stream.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 200)

        threading.Thread(target=answer, daemon=True).start()
        port = listener.getsockname()[1]
        error = refusal(Device(name="pi5", address="127.0.0.1", port=port))
    assert "does not complete an SSH handshake" in error.message


def test_stalled_handshake_is_told() -> None:
    """A server that greets and then says nothing, as a board that boots, is given up in time."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            stream, _ = listener.accept()
            with stream:
                stream.sendall(b"SSH-2.0-slow\r\n")
                while stream.recv(1 << 16):
                    pass

        threading.Thread(target=greet, daemon=True).start()
        port = listener.getsockname()[1]
        endpoint = resolve(Device(name="pi5", address="127.0.0.1", port=port))
        with pytest.raises(TransportError, match=r"it takes more than 0\.3 s"):
            shake_hands(endpoint, None, 0.3)


def test_key_files_of_the_home_folder_are_offered(device: Device, home: Path) -> None:
    """Without a named key, the usual files in ~/.ssh are tried."""
    assert device.key is not None
    target = home / ".ssh" / "id_ed25519"
    target.write_bytes(Path(device.key).read_bytes())
    target.chmod(0o600)
    with connect(dataclasses.replace(device, key=None)) as session:
        assert session.run(["true"]).exit_status == 0
