"""`allowed_signers` beside the inventory: the keys that devices sign their bundles with.

The file is in OpenSSH's own format, so `ssh-keygen -Y verify -f allowed_signers` checks bundles
with it. It is apart from `devices.yaml`, because a key is pinned for `local` as well, and because
a bundle must still verify when its device has been set up anew or forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from device_agent.contract.errors import ContractError
from device_agent.contract.sshsig import NAMESPACE, PublicKey
from host.inventory.device import InventoryError, problem
from host.inventory.inventory import default_path
from host.inventory.replacing import alone, replace_text

FILE_NAME = "allowed_signers"
_HEADER = """\
# Which device signs its bundles with which key; `retired` ones still verify what they signed.
# Written by `host deploy` and `host devices accept`. Remove a line to trust its key no longer.
"""
_RETIRED = "retired"
_LINE = re.compile(
    rf'(?P<device>\S+) namespaces="{re.escape(NAMESPACE)}" (?P<key>\S+ \S+)(?P<retired> retired)?'
)


@dataclass(frozen=True)
class Signer:
    """A key that is pinned for a device.

    Attributes:
        is_retired: The device has another key by now; this one's bundles are still its own.
    """

    device: str
    key: PublicKey
    is_retired: bool = False


class Signers:
    """The pinned keys of this user.

    Args:
        path: None is `allowed_signers` beside the inventory; the file need not exist.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path().with_name(FILE_NAME)

    def all(self) -> tuple[Signer, ...]:
        """Return every pinned key, in the order of pinning.

        Raises:
            InventoryError: The file cannot be read, or a line of it is malformed.
        """
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise InventoryError(
                f"{self.path}: cannot be read: {error}",
                remedy="Check the file and its permissions.",
            ) from error
        lines = enumerate(text.splitlines(), 1)
        return tuple(
            self._signer(number, line)
            for number, line in lines
            if line.strip() and not line.startswith("#")
        )

    def current(self, device: str) -> PublicKey | None:
        """Return the key that the device is expected to sign with."""
        keys = [s.key for s in self.all() if s.device == device and not s.is_retired]
        return keys[-1] if keys else None

    def pin(self, device: str, key: PublicKey) -> bool:
        """Pin a device's key where none is pinned; say whether that changed anything.

        Raises:
            InventoryError: Another key is pinned.
        """
        pinned = self.current(device)
        if pinned == key:
            return False
        if pinned is not None:
            raise InventoryError(
                f"{device} signs its bundles with another key than before: it is now "
                f"{key.fingerprint}, pinned is {pinned.fingerprint}.",
                remedy="If the device was set up anew, compare with `ssh-keygen -lf signing.pub` "
                f"in its state folder and run `host devices accept {device}`; else find out what "
                "answers in its place.",
            )
        self.accept(device, key)
        return True

    def accept(self, device: str, key: PublicKey) -> None:
        """Pin a device's key in the place of the one before, which is retired.

        Raises:
            InventoryError: The name is none of a device, or the file cannot be written.
        """
        expected = problem("name", device)
        if expected is not None:
            raise InventoryError(
                f"Device name {device!r}: expected {expected}.",
                remedy="Name the device as the inventory does: `host devices list`.",
            )

        def change(signers: tuple[Signer, ...]) -> list[Signer]:
            others = [s for s in signers if (s.device, s.key) != (device, key)]
            return [*_retired(others, device), Signer(device, key)]

        self._change(change)

    def retire(self, device: str) -> None:
        """Expect no key of the device any more, as after its key was removed with its agent."""
        if self.current(device) is not None:
            self._change(lambda signers: _retired(signers, device))

    def _change(self, change: Callable[[tuple[Signer, ...]], list[Signer]]) -> None:
        with alone(self.path):
            lines = [_line(signer) for signer in change(self.all())]
            replace_text(self.path, _HEADER + "".join(lines))

    def _signer(self, number: int, line: str) -> Signer:
        found = _LINE.fullmatch(line.rstrip())
        try:
            if found is not None:
                key = PublicKey.parse(found["key"])
                return Signer(found["device"], key, is_retired=found["retired"] is not None)
        except ContractError:
            pass
        raise InventoryError(
            f"{self.path}:{number}: is no pinned key, expected "
            f'`DEVICE namespaces="{NAMESPACE}" ssh-ed25519 AAAA…`',
            remedy="Correct or remove this line; `host deploy` pins a device's key again.",
        )


def _retired(signers: tuple[Signer, ...] | list[Signer], device: str) -> list[Signer]:
    return [replace(s, is_retired=True) if s.device == device else s for s in signers]


def _line(signer: Signer) -> str:
    retired = f" {_RETIRED}" if signer.is_retired else ""
    return f'{signer.device} namespaces="{NAMESPACE}" {signer.key.text}{retired}\n'
