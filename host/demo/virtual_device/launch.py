"""Starts and stops a virtual device, and describes it as the inventory would."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType

from device_agent.contract.errors import DeviceError
from device_agent.layout import DEFAULT_STATE, Layout
from host.demo.virtual_device.places import Places
from host.deploy.process import ProcessSupervisor
from host.inventory.device import Device
from host.transport.local import LocalSession

_STOP_S = 10.0


@dataclass(frozen=True)
class VirtualDevice:
    """A running virtual device; as a context manager it is stopped, agent included, at the end.

    Attributes:
        device: Its inventory entry, host key pinned.
        root: Keys and the home folder of its user.
        process: The SSH server.
    """

    device: Device
    root: Path
    process: subprocess.Popen[bytes]

    @property
    def layout(self) -> Layout:
        """Where the agent's state lies, as the host's file system has it."""
        return layout_below(self.root)

    def __enter__(self) -> VirtualDevice:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self, *, agent: bool = True) -> None:
        """End the SSH server with what runs on it, and the agent's daemon where `agent` is set."""
        self.process.terminate()
        try:
            self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        if agent:
            stop_agent(self.layout)


def start_virtual_device(
    root: Path, *, name: str = "virtual", port: int = 0, python: str | None = sys.executable
) -> VirtualDevice:
    """Start a virtual device and wait until it listens.

    Args:
        root: Its folder; keys and home are made at first use and kept, so that a second start is
            the same device.
        name: Its name in the inventory.
        port: On 127.0.0.1; 0 takes a free one.
        python: Interpreter for the agent; None has the deploy make an environment.

    Raises:
        DeviceError: The server did not start.
    """
    command = [sys.executable, "-m", "host.demo.virtual_device", "--until-eof"]
    process = subprocess.Popen(
        [*command, "--root", str(root), "--port", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Ctrl-C belongs to the caller, who then stops the device in order.
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        greeting = json.loads(process.stdout.readline())
    except ValueError as error:
        process.kill()
        raise DeviceError(
            f"The virtual device in {root} did not start (exit status {process.wait()}).",
            remedy=f"Try it by hand: `{' '.join(command[:3])} --root {root} --port {port}`.",
        ) from error
    device = Device(
        name=name,
        address="127.0.0.1",
        port=greeting["port"],
        user=greeting["user"],
        key=str(Places(root).client_key),
        python=python,
        service="process",
        host_key=greeting["host_key"],
    )
    return VirtualDevice(device=device, root=root, process=process)


def layout_below(root: Path) -> Layout:
    """Return the agent's default state folder on a virtual device, as the host sees it."""
    return Layout(PurePosixPath(Places(root.absolute()).home / DEFAULT_STATE))


def stop_agent(layout: Layout) -> None:
    """End the daemon that a deploy has put on a state folder of this machine, if there is one."""
    ProcessSupervisor().stop(LocalSession("this machine"), layout)
