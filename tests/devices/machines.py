"""The machines that transport and deploy are tested on: a virtual device and a real OpenSSH."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from host.demo.virtual_device import start_virtual_device
from host.inventory import Device
from tests.devices.sshd import RealSshd, sshd_path

SSH_KINDS = ("virtual", "sshd")
KINDS = (*SSH_KINDS, "local")


class Machines:
    """Starts each machine at first use and stops them all at the end.

    Args:
        root: A folder for their keys and homes.
    """

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self._root = root
        self._stack = stack
        self._devices: dict[str, Device] = {"local": Device(name="here", address="local")}

    def device(self, kind: str) -> Device:
        """Return the machine's inventory entry; the test is skipped where it cannot be had."""
        if kind == "sshd" and sshd_path() is None:
            pytest.skip("OpenSSH's server is not installed (Debian: openssh-server)")
        if kind not in self._devices:
            root = self._root / kind
            root.mkdir()
            self._devices[kind] = self._start(kind, root)
        return self._devices[kind]

    def _start(self, kind: str, root: Path) -> Device:
        if kind == "virtual":
            return self._stack.enter_context(start_virtual_device(root)).device
        server = RealSshd(root)
        self._stack.callback(server.stop)
        return server.device
