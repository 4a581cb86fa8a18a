"""`devices.yaml`: reading it strictly, with the line of each mistake, and writing it atomically."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from host.inventory.device import Device, InventoryError, problem
from host.inventory.replacing import replace_text

if TYPE_CHECKING:
    from host.studies.marked_yaml import Location, MarkedYaml
    from host.studies.mistakes import Mistake

_HEADER = """\
# The devices of xtreme-edge. Written by `host devices`; edit it by hand if you like.
"""
_FIELDS = tuple(field.name for field in dataclasses.fields(Device) if field.name != "name")
_NUMBERS = ("port", "threads")


def read(path: Path) -> dict[str, Device]:
    """Read the devices by name, in the order of the file; none where there is no file.

    Raises:
        InventoryError: The file cannot be read or has mistakes; each is told with its line.
    """
    from host.studies import marked_yaml  # noqa: PLC0415 (YAML is not needed for `host --help`)

    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InventoryError(
            f"{path}: cannot be read: {error}", remedy="Check the file and its permissions."
        ) from error
    reader = _Reader(marked_yaml.parse(data))
    devices = reader.devices()
    if reader.mistakes:
        listed = "".join(
            f"\n  {path}:{mistake.position.line}: {mistake.message}"
            for mistake in sorted(set(reader.mistakes))
        )
        raise InventoryError(
            f"{path}: the list of devices has mistakes{listed}",
            remedy=f"Correct these lines of {path} and run the same command again.",
        )
    return devices


class _Reader:
    """Turns marked YAML into devices and collects everything that is wrong on the way."""

    def __init__(self, document: MarkedYaml) -> None:
        self._document = document
        self.mistakes: list[Mistake] = list(document.mistakes)

    def devices(self) -> dict[str, Device]:
        if self.mistakes or self._document.root is None:
            return {}
        for key in set(self._mapping((), self._document.root)) - {"devices"}:
            self._wrong((key,), f"unknown key {key!r}, expected 'devices'")
        if self.mistakes:
            return {}
        entries = self._mapping(("devices",), self._document.root["devices"] or {})
        return {
            name: device
            for name, entry in entries.items()
            if (device := self._device(name, entry)) is not None
        }

    def _device(self, name: str, entry: Any) -> Device | None:
        at = ("devices", name)
        expected = problem("name", name)
        if expected is not None:
            self._wrong(at, f"device name is {name!r}, expected {expected}")
        values: dict[str, Any] = {"name": name}
        for key, value in self._mapping(at, entry).items():
            if key not in _FIELDS:
                known = ", ".join(_FIELDS)
                self._wrong((*at, key), f"device {name}: unknown key {key!r}, expected {known}")
                continue
            is_number = key in _NUMBERS and isinstance(value, str) and value.isdecimal()
            found = values[key] = int(value) if is_number else value
            expected = problem(key, found)
            if expected is not None:
                self._wrong((*at, key), f"device {name}: {key} is {found!r}, expected {expected}")
        if "address" not in values:
            self._wrong(at, f"device {name}: 'address' is missing")
        return None if self.mistakes else Device(**values)

    def _mapping(self, at: Location, value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        what = at[-1] if at else "the file"
        self._wrong(at, f"{what} is {value!r}, expected keys with values")
        return {}

    def _wrong(self, at: Location, message: str) -> None:
        from host.studies.mistakes import Mistake  # noqa: PLC0415

        self.mistakes.append(Mistake(self._document.key(at), message))


def write(path: Path, devices: Mapping[str, Device]) -> None:
    """Replace the file in one step.

    Raises:
        InventoryError: The folder cannot be written.
    """
    import yaml  # noqa: PLC0415

    entries = {
        name: {k: v for k in _FIELDS if (v := getattr(device, k)) is not None}
        for name, device in devices.items()
    }
    text = _HEADER + yaml.safe_dump(
        {"devices": entries}, sort_keys=False, allow_unicode=True, width=10_000
    )
    replace_text(path, text)
