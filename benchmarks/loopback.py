"""An OpenSSH server on loopback for one benchmark, with keys of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from host.inventory import Device

_CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {root}/host_key
AuthorizedKeysFile {root}/client_key.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
Subsystem sftp internal-sftp
LogLevel QUIET
"""
_PATIENCE_S = 10.0


@contextmanager
def loopback_sshd(root: Path) -> Iterator[Device]:
    """Serve 127.0.0.1 for as long as the context lasts, to whoever runs the benchmark.

    Raises:
        RuntimeError: OpenSSH's server is not installed, or does not start.
    """
    # The server insists on being called by its absolute path.
    server = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if server is None:
        raise RuntimeError("OpenSSH's server is not installed (Debian: openssh-server).")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    port = _free_port()
    config = root / "sshd_config"
    config.write_text(_CONFIG.format(port=port, root=root))
    device = Device(
        name="loopback",
        address="127.0.0.1",
        port=port,
        user=getpass.getuser(),
        key=str(root / "client_key"),
        service="process",
        host_key=_make_key(root / "host_key"),
    )
    _make_key(root / "client_key")
    with subprocess.Popen([server, "-D", "-e", "-f", str(config)]) as process:
        try:
            _wait_for(port)
            yield device
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _make_key(path: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return " ".join(path.with_name(f"{path.name}.pub").read_text().split()[:2])


def _wait_for(port: int) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline_s:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError("OpenSSH's server did not start.")
