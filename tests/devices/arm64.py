"""A whole arm64 machine, emulated by qemu: kernel, disk, power and a network cable of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from host.inventory import Device
from host.transport.connect import connect
from host.transport.session import TransportError
from tests.devices.arm64_image import Image, arm64_image
from tests.devices.qmp import Qmp
from tests.devices.rootfs import USER, UnavailableError
from tests.devices.sshd import free_port

_QEMU = "qemu-system-aarch64"
_BOOT_S = 600.0
_MEMORY_MIB = 2048
_CABLE = "cable"
# The units take half a minute of an emulated boot, for nothing that is tested here; the bits let
# OpenSSL use all but PMULL, which takes an emulator ten times as long as the plain code.
_LIGHTER = " ".join(
    (
        "systemd.mask=e2scrub_reap.service",
        "systemd.mask=serial-getty@ttyAMA0.service",
        "systemd.setenv=OPENSSL_armcap=0x1d",
    )
)


class Arm64Machine:
    """Boots at construction and runs until `stop`; a power cut loses what was not on the disk.

    Everything it has is on loopback: its one forwarded port leads to its SSH server, and its
    own network leads nowhere.

    Args:
        folder: For its disk, console and monitor.

    Raises:
        UnavailableError: It cannot be had here; the text says why.
    """

    def __init__(self, folder: Path) -> None:
        if shutil.which(_QEMU) is None:
            raise UnavailableError(f"{_QEMU} is missing (Debian: qemu-system-arm)")
        self._image: Image = arm64_image()
        self._folder = folder
        self.console = folder / "console.log"
        _make_disk(self._image.disk, folder / "disk.qcow2")
        self.device = Device(
            name="board",
            address="127.0.0.1",
            port=free_port(),
            user=USER,
            key=str(self._image.key),
            host_key=self._image.host_key,
        )
        self.start()

    def start(self) -> None:
        """Switch it on, and wait until sshd greets."""
        with self.console.open("ab") as log:
            # In a session of its own: Ctrl-C ends the tests, which then switch it off.
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self.wait_until_up()
            self._qmp = Qmp(self._folder / "qmp")
        except BaseException:
            self.stop()
            raise

    def wait_until_up(self) -> None:
        """Wait until sshd greets."""
        deadline_s = time.monotonic() + _BOOT_S
        while self._process.poll() is None and time.monotonic() < deadline_s:
            if self._greets():
                return
            time.sleep(0.2)
        raise UnavailableError(f"it did not boot: {self._console_end()}")

    def shell(self, script: str) -> str:
        """Run a script as root and return its stdout."""
        with connect(self.device) as session:
            done = session.run(["sudo", "sh", "-c", script], timeout_s=120.0)
        assert done.exit_status == 0, done.stderr
        return done.stdout.decode().strip()

    def reboot(self) -> None:
        """Reboot in order, as `systemctl reboot` does, and wait until it is up again."""
        before = self._boot_id()
        # Not from within the session, which would end in the middle of its own command.
        self.shell("systemd-run --quiet --on-active=1s systemctl reboot")
        deadline_s = time.monotonic() + _BOOT_S
        while time.monotonic() < deadline_s:
            try:
                if self._boot_id() != before:
                    return
            except TransportError:
                time.sleep(1)
        raise UnavailableError(f"it did not come back: {self._console_end()}")

    def cut_power(self) -> None:
        """Take the power away at once, and boot again."""
        self._end()
        self.start()

    def pull_cable(self) -> None:
        """Take the network away: no connection is closed, nothing arrives any more."""
        self._qmp.execute("set_link", name=_CABLE, up=False)

    def plug_cable(self) -> None:
        """Put the network back."""
        self._qmp.execute("set_link", name=_CABLE, up=True)

    def freeze(self) -> None:
        """Stop the board in its tracks."""
        self._qmp.execute("stop")

    def go_on(self) -> None:
        """Let a frozen board go on."""
        self._qmp.execute("cont")

    def stop(self) -> None:
        """Switch it off."""
        if self._process.poll() is None:
            self._end()

    def _boot_id(self) -> str:
        return self.shell("cat /proc/sys/kernel/random/boot_id")

    def _end(self) -> None:
        if hasattr(self, "_qmp"):
            self._qmp.close()
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.device.port or 0), timeout=5) as made:
                return made.recv(4) == b"SSH-"
        except OSError:
            return False

    def _command(self) -> list[str]:
        folder = self._folder
        disk = f"file={folder}/disk.qcow2,if=none,id=disk,format=qcow2,cache=writeback"
        forward = f"hostfwd=tcp:127.0.0.1:{self.device.port}-:22"
        return [
            # Whoever runs the tests may be killed; a machine that stays would take two cores.
            *("setpriv", "--pdeathsig", "KILL", _QEMU),
            *("-M", "virt,gic-version=3", "-cpu", "cortex-a76", "-smp", "2"),
            *("-m", str(_MEMORY_MIB), "-accel", "tcg,thread=multi"),
            *("-nodefaults", "-display", "none", "-serial", "chardev:console"),
            *("-chardev", f"file,id=console,path={self.console},append=on"),
            *("-kernel", str(self._image.kernel), "-initrd", str(self._image.initrd)),
            *("-append", f"root=/dev/vda rw console=ttyAMA0 quiet {_LIGHTER}"),
            *("-drive", disk, "-device", "virtio-blk-pci,drive=disk"),
            *("-netdev", f"user,id=network,restrict=on,ipv6=off,{forward}"),
            *("-device", f"virtio-net-pci,netdev=network,id={_CABLE},romfile="),
            *("-device", "virtio-rng-pci", "-qmp", f"unix:{folder}/qmp,server=on,wait=off"),
        ]

    def _console_end(self) -> str:
        return self.console.read_text(errors="replace")[-300:] if self.console.exists() else ""


def _make_disk(base: Path, disk: Path) -> None:
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-b", str(base), "-F", "qcow2", str(disk)]
    subprocess.run(command, check=True)
