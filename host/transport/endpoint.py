"""Where and as whom to connect: the inventory's entry first, then `~/.ssh/config`."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from pathlib import Path

from host.inventory.device import Device
from host.transport import ssh_config

_DEFAULT_PORT = 22
_DEFAULT_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa")


@dataclass(frozen=True)
class Endpoint:
    """One resolved SSH endpoint.

    Attributes:
        key_files: Private keys to offer, in order; a file that is not there is passed over
            unless `keys_named`.
        keys_named: Somebody named the files, so their absence is worth telling.
        only_named_keys: Offer nothing but `key_files`, whatever the agent holds.
        proxy_command: Shell command whose stdin and stdout are the connection, or None.
        alias: The name under which `known_hosts` would have the host.
    """

    device: str
    host: str
    port: int
    user: str
    key_files: tuple[Path, ...]
    keys_named: bool
    only_named_keys: bool
    proxy_command: str | None
    alias: str

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}"

    @property
    def known_hosts_name(self) -> str:
        """The host as `known_hosts` writes it: the port only where it is not 22."""
        return self.alias if self.port == _DEFAULT_PORT else f"[{self.alias}]:{self.port}"


def resolve(device: Device) -> Endpoint:
    """Return the endpoint of a device.

    Raises:
        TransportError: `~/.ssh/config` cannot be understood.
    """
    options = ssh_config.lookup(device.address, device.port, device.user)
    named = [device.key] if device.key else options.identity_files
    files = [Path(name).expanduser() for name in named]
    return Endpoint(
        device=device.name,
        host=options.host,
        port=options.port or _DEFAULT_PORT,
        user=options.user or getpass.getuser(),
        key_files=tuple(files or (Path.home() / ".ssh" / name for name in _DEFAULT_KEYS)),
        keys_named=bool(files),
        only_named_keys=bool(device.key) or options.identities_only,
        proxy_command=options.proxy_command,
        alias=options.host_key_alias or options.host,
    )
