"""`~/.ssh/config` is honoured as `ssh` users expect."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from host.inventory import Device
from host.transport.connect import connect
from host.transport.endpoint import resolve
from host.transport.session import TransportError


def write_config(home: Path, text: str) -> None:
    """Write the home folder's SSH configuration."""
    (home / ".ssh" / "config").write_text(text)


def test_alias_brings_everything(device: Device, home: Path) -> None:
    """An inventory entry that only names an alias gets host, port, user and key from the file."""
    write_config(
        home,
        f"Host *\n  ServerAliveInterval 5\n"
        f"Host board-*\n  HostName 127.0.0.1\n  Port {device.port}\n"
        f"  User {device.user}\n  IdentityFile {device.key}\n  IdentitiesOnly yes\n",
    )
    aliased = Device(name="board", address="board-1", host_key=device.host_key)
    with connect(aliased) as session:
        assert session.run(["true"]).exit_status == 0


def test_inventory_wins_over_the_file(home: Path) -> None:
    """What the inventory says is not overridden by the file."""
    write_config(home, "Host pi\n  HostName 10.0.0.7\n  Port 2222\n  User pi\n")
    endpoint = resolve(Device(name="x", address="pi", port=22, user="root"))
    assert str(endpoint) == "root@10.0.0.7:22"


def test_included_files_count(home: Path) -> None:
    """An Include is read in its place, and does not leak its Host lines into what follows."""
    (home / ".ssh" / "conf.d").mkdir()
    (home / ".ssh" / "conf.d" / "lab").write_text("Host pi\n  HostName 10.0.0.7\n")
    write_config(home, "Include conf.d/*\nUser everyone\nHost jetson\n  HostName 10.0.0.8\n")
    assert resolve(Device(name="x", address="pi")).host == "10.0.0.7"
    assert resolve(Device(name="x", address="jetson")).user == "everyone"


def test_endless_include_is_survived(home: Path) -> None:
    """A file that includes itself ends."""
    write_config(home, "Include config\nHost pi\n  Port 2222\n")
    assert resolve(Device(name="x", address="pi")).port == 2222


def test_no_file_means_defaults(home: Path) -> None:
    """Without the file, port 22 and the usual key files are taken."""
    endpoint = resolve(Device(name="x", address="pi", user="pi"))
    assert str(endpoint) == "pi@pi:22"
    assert endpoint.key_files[0] == home / ".ssh" / "id_ed25519"
    assert not endpoint.only_named_keys


def test_mistake_in_the_file_is_told(home: Path) -> None:
    """A file that cannot be understood is named, not ignored."""
    write_config(home, "Host pi\n  Port many\n")
    with pytest.raises(TransportError, match=r"\.ssh/config cannot be understood"):
        resolve(Device(name="x", address="pi"))


def test_proxy_command_carries_the_connection(device: Device, home: Path) -> None:
    """A ProxyCommand's stdin and stdout are the connection, its tokens filled in."""
    relay = home / "relay.py"
    relay.write_text(RELAY)
    write_config(
        home,
        f"Host far\n  HostName 127.0.0.1\n"
        f"  ProxyCommand {shlex.quote(sys.executable)} {shlex.quote(str(relay))} %h %p\n",
    )
    far = Device(
        name="far",
        address="far",
        port=device.port,
        user=device.user,
        key=device.key,
        host_key=device.host_key,
    )
    with connect(far) as session:
        assert session.run(["echo", "through"]).stdout == b"through\n"


def test_broken_proxy_command_is_told(home: Path) -> None:
    """A proxy that ends at once is a failed connection, not a hang."""
    write_config(home, "Host far\n  ProxyCommand exit 3\n")
    with (
        pytest.raises(TransportError, match="SSH handshake"),
        connect(Device(name="far", address="far")),
    ):
        pass


@pytest.mark.parametrize(
    ("jump", "expected"),
    [
        ("gate", "ssh -W '[10.0.0.7]:2222' gate"),
        ("me@gate:2200", "ssh -p 2200 -W '[10.0.0.7]:2222' me@gate"),
        ("one, me@two", "ssh -J one -W '[10.0.0.7]:2222' me@two"),
        ("none", None),
    ],
)
def test_proxy_jump_goes_through_ssh(home: Path, jump: str, expected: str | None) -> None:
    """A ProxyJump becomes the command that OpenSSH makes of it."""
    write_config(home, f"Host pi\n  HostName 10.0.0.7\n  Port 2222\n  ProxyJump {jump}\n")
    assert resolve(Device(name="x", address="pi")).proxy_command == expected


RELAY = """
import os, socket, sys, threading
stream = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def send():
    while data := os.read(0, 65536):
        stream.sendall(data)
    stream.shutdown(socket.SHUT_WR)
threading.Thread(target=send, daemon=True).start()
while data := stream.recv(65536):
    os.write(1, data)
"""
