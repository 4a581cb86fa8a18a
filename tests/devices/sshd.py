"""A real OpenSSH server on loopback for one test session, with keys of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from host.inventory import Device

CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {root}/host_key
AuthorizedKeysFile {root}/client_key.pub
PidFile {root}/sshd.pid
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
MaxAuthTries 3
Subsystem sftp internal-sftp
LogLevel ERROR
"""


def sshd_path() -> str | None:
    """Return the absolute path of sshd (it insists on being called by it), or None."""
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def make_key(path: Path, *, kind: str = "ed25519", passphrase: str = "") -> str:
    """Make a key pair with ssh-keygen and return the public half as an inventory pins it."""
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True)
    return " ".join(path.with_name(f"{path.name}.pub").read_text().split()[:2])


class RealSshd:
    """Serves from construction until `stop`, logging in whoever runs the tests."""

    def __init__(self, root: Path) -> None:
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        port = free_port()
        (root / "sshd_config").write_text(CONFIG.format(port=port, root=root))
        self.device = Device(
            name="sshd",
            address="127.0.0.1",
            port=port,
            user=getpass.getuser(),
            key=str(root / "client_key"),
            service="process",
            host_key=make_key(root / "host_key"),
        )
        make_key(root / "client_key")
        self._process = subprocess.Popen(
            [str(sshd_path()), "-D", "-e", "-f", str(root / "sshd_config")],
            stderr=(root / "sshd.log").open("wb"),
        )
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.01)
        raise AssertionError((root / "sshd.log").read_text())

    def stop(self) -> None:
        """End the listener; sessions end with their connections."""
        self._process.terminate()
        self._process.wait()
