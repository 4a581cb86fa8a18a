"""One device: how it is reached and what is known about it beforehand."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from device_agent.contract.errors import XtremeEdgeError

LOCAL_ADDRESS = "local"
"""The address of the machine that the host runs on; no SSH is needed for it."""

SERVICES = ("system", "user", "process")
"""As what the agent runs: a system service, a service of the login user, or a plain process."""

BOARD_FAMILIES = ("generic-arm64", "generic-x86_64", "jetson", "rpi4", "rpi5")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_ADDRESS = re.compile(r"[A-Za-z0-9_:][A-Za-z0-9._:%-]*\Z")
_UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12, "MiB": 1 << 20, "GiB": 1 << 30}
_QUOTA = re.compile(rf"([0-9]{{1,6}}(?:\.[0-9]{{1,3}})?) ?({'|'.join(_UNITS)})\Z")
_USER = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.@$-]*\Z")


class InventoryError(XtremeEdgeError):
    """The inventory is malformed, or does not have what was asked for."""


@dataclass(frozen=True)
class Device:
    """One entry of the inventory; None means "as `~/.ssh/config` says" or the default.

    Attributes:
        name: What `--target` names.
        address: Host name, IP address, alias of `~/.ssh/config`, or `local`.
        key: Private key file, `~` allowed; then no other key is offered.
        board: Board family, see `BOARD_FAMILIES`.
        python: Interpreter on the device that already has the agent's dependencies; None makes
            an environment from a shipped wheelhouse.
        state: The agent's state folder on the device; None is the default below its home folder.
        service: As what the agent runs, see `SERVICES`; None leaves it to what the device allows.
        threads: Threads for inference; None leaves it to the run.
        quota: The most that the agent's state folder may have, such as "4GB"; None is a share of
            the disk.
        host_key: Pinned, in the form "ssh-ed25519 AAAA…".
    """

    name: str
    address: str
    port: int | None = None
    user: str | None = None
    key: str | None = None
    board: str | None = None
    python: str | None = None
    state: str | None = None
    service: Literal["system", "user", "process"] | None = None
    threads: int | None = None
    quota: str | None = None
    host_key: str | None = None

    @property
    def is_local(self) -> bool:
        return self.address == LOCAL_ADDRESS

    @property
    def quota_bytes(self) -> int | None:
        """The quota as a number."""
        found = _QUOTA.match(self.quota or "")
        return int(float(found[1]) * _UNITS[found[2]]) if found else None


def local_device() -> Device:
    """Return the entry for this machine: its own interpreter, no SSH."""
    return Device(name=LOCAL_ADDRESS, address=LOCAL_ADDRESS, python=sys.executable)


def problem(field: str, value: object) -> str | None:
    """Say what a field's value was expected to be, or None where it is right."""
    expected, is_right = _EXPECTED.get(field, _TEXT)
    return None if is_right(value) else expected


def _is_line(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _is_host_key(value: object) -> bool:
    from host.transport.host_key import is_host_key  # noqa: PLC0415 (transport knows devices)

    return isinstance(value, str) and is_host_key(value)


def _is_path_word(value: object) -> bool:
    return _is_line(value) and str(value)[0] in "/~"


_TEXT = ("a non-empty text without line breaks", _is_line)
_EXPECTED: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "name": (
        "letters, digits, '.', '_' or '-', at most 64",
        lambda value: isinstance(value, str) and bool(_NAME.match(value)),
    ),
    "address": (
        "a host name, an IP address, an alias of ~/.ssh/config, or 'local'",
        lambda value: isinstance(value, str) and bool(_ADDRESS.match(value)),
    ),
    "user": (
        "a login name",
        lambda value: isinstance(value, str) and bool(_USER.match(value)),
    ),
    "port": (
        "a whole number from 1 to 65535",
        lambda value: type(value) is int and 1 <= value <= 65535,
    ),
    "service": (f"one of {', '.join(SERVICES)}", lambda value: value in SERVICES),
    "quota": (
        "a size such as 4GB or 500 MB",
        lambda value: isinstance(value, str) and bool(_QUOTA.match(value)),
    ),
    "threads": ("a whole number from 1 on", lambda value: type(value) is int and value >= 1),
    "board": (f"one of {', '.join(BOARD_FAMILIES)}", lambda value: value in BOARD_FAMILIES),
    "host_key": ("a public key such as 'ssh-ed25519 AAAA…'", _is_host_key),
    "python": ("an absolute path (or ~/…) on the device", _is_path_word),
    "state": ("an absolute path (or ~/…) on the device", _is_path_word),
}
