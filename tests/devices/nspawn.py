"""A whole Debian with systemd and sshd, booted by systemd-nspawn over a throw-away overlay."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from host.inventory import Device
from tests.devices.rootfs import USER, UnavailableError, rootfs
from tests.devices.sshd import make_key

_TOOLS = ("mmdebstrap", "systemd-nspawn", "ip", "mount", "ssh-keygen")
_BOOT_S = 60.0
_REBOOTS = 133
_NETWORK = "[Match]\nName=host0\n[Network]\nAddress={address}/24\nLinkLocalAddressing=no\n"


class NspawnDevice:
    """Boots at construction and runs until `stop`; a reboot inside is one.

    Args:
        folder: For the overlay and the login key.

    Raises:
        UnavailableError: It cannot be had here; the text says why.
    """

    def __init__(self, folder: Path) -> None:
        _check_prerequisites()
        number = os.getpid()
        subnet = f"10.213.{number % 254 + 1}"
        self._interface = f"xe{number}"
        self._host_address = f"{subnet}.1"
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self._without_power = threading.Event()
        self.console = folder / "console.log"
        self.root = folder / "merged"
        lower = rootfs()
        _overlay(lower, folder, self.root)
        key = folder / "key"
        make_key(key)
        self._prepare(key.with_name("key.pub"), f"{subnet}.2")
        host_key = (self.root / "etc/ssh/ssh_host_ed25519_key.pub").read_text().split()[:2]
        self.device = Device(
            name="board",
            address=f"{subnet}.2",
            user=USER,
            key=str(key),
            host_key=" ".join(host_key),
        )
        self._loop = threading.Thread(target=self._run, daemon=True)
        self._loop.start()
        try:
            self.wait_until_up()
        except BaseException:
            self.stop()
            raise

    def wait_until_up(self) -> None:
        """Wait until sshd greets."""
        deadline_s = time.monotonic() + _BOOT_S
        while time.monotonic() < deadline_s and self._loop.is_alive():
            try:
                with socket.create_connection((self.device.address, 22), timeout=2) as stream:
                    if stream.recv(4) == b"SSH-":
                        return
            except OSError:
                time.sleep(0.05)
        raise UnavailableError(f"it did not boot: {self._console_end()}")

    def shell(self, script: str) -> str:
        """Run a script inside as root, past SSH, and return its stdout."""
        command = ["nsenter", "--target", str(self._init()), "--all", "sh", "-c", script]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def reboot(self) -> None:
        """Reboot in order, as `systemctl reboot` does, and wait until it is up again."""
        self._end_and_boot(lambda: self.shell("systemctl reboot"))

    def cut_power(self) -> None:
        """End everything inside at once, and boot again."""
        self._without_power.set()
        self._end_and_boot(lambda: os.kill(self._init(), signal.SIGKILL))

    def _end_and_boot(self, end: Callable[[], object]) -> None:
        process = self._process
        end()
        deadline_s = time.monotonic() + _BOOT_S
        while self._process is process:
            assert time.monotonic() < deadline_s, self._console_end()
            time.sleep(0.02)
        self.wait_until_up()

    def stop(self) -> None:
        """End everything inside, and remove the overlay's mount."""
        self._ending.set()
        if self._process is not None and self._process.poll() is None:
            # Ending systemd-nspawn itself would leave the container behind.
            os.kill(self._init(), signal.SIGKILL)
        self._loop.join(20)
        subprocess.run(["umount", "--lazy", str(self.root)], check=False)

    def _init(self) -> int:
        """Return the process id of the container's first process."""
        assert self._process is not None
        pid = self._process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def _prepare(self, public_key: Path, address: str) -> None:
        keys = self.root / "home" / USER / ".ssh" / "authorized_keys"
        shutil.copyfile(public_key, keys)
        owner = keys.parent.stat()
        os.chown(keys, owner.st_uid, owner.st_gid)
        network = self.root / "etc/systemd/network/10-host0.network"
        network.write_text(_NETWORK.format(address=address))

    def _run(self) -> None:
        command = [
            *("systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit"),
            *(f"--machine={self._interface}", f"--directory={self.root}", "--link-journal=no"),
            *(f"--network-veth-extra={self._interface}:host0", "--private-users=no"),
        ]
        while not self._ending.is_set():
            with self.console.open("ab") as log:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
            self._connect(process)
            self._process = process
            status = process.wait()
            if status != _REBOOTS and not self._without_power.is_set():
                return
            self._without_power.clear()

    def _connect(self, process: subprocess.Popen[bytes]) -> None:
        """Give the host's end of the cable its address, once it is there."""
        address = ["ip", "address", "add", f"{self._host_address}/24", "dev", self._interface]
        while process.poll() is None:
            if subprocess.run(address, capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.02)
        subprocess.run(["ip", "link", "set", self._interface, "up"], check=False)

    def _console_end(self) -> str:
        return self.console.read_text(errors="replace")[-300:] if self.console.exists() else ""


def _check_prerequisites() -> None:
    if os.geteuid() != 0:
        raise UnavailableError("it needs root")
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        raise UnavailableError(
            f"{', '.join(missing)} missing (Debian: mmdebstrap systemd-container iproute2)"
        )


def _overlay(lower: Path, folder: Path, merged: Path) -> None:
    for name in ("upper", "work", "merged"):
        (folder / name).mkdir()
    layers = f"lowerdir={lower},upperdir={folder}/upper,workdir={folder}/work"
    command = ["mount", "-t", "overlay", "overlay", "-o", layers, str(merged)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UnavailableError(f"no overlay can be mounted: {done.stderr.strip()}")
