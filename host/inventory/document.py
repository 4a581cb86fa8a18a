"""`devices.yaml`: reading it strictly, with the line of each mistake, and writing it atomically."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from host.inventory.device import Device, InventoryError, problem

if TYPE_CHECKING:
    import yaml

_HEADER = """\
# The devices of xtreme-edge. Written by `host devices`; edit it by hand if you like.
"""
_FIELDS = tuple(field.name for field in dataclasses.fields(Device) if field.name != "name")


def read(path: Path) -> dict[str, Device]:
    """Read the devices by name, in the order of the file; none where there is no file.

    Raises:
        InventoryError: The file cannot be read or has a mistake; the message has file and line.
    """
    import yaml  # noqa: PLC0415 (not needed for `host --help`)

    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InventoryError(
            f"{path}: cannot be read: {error}", remedy="Check the file and its permissions."
        ) from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        _fail(path, line, f"not YAML: {error.problem}")
    except yaml.YAMLError as error:
        _fail(path, 0, f"not YAML: {error}")
    if root is None:
        return {}
    top = _mapping(path, root, "the file")
    for key, (line, _) in top.items():
        if key != "devices":
            _fail(path, line, f"unknown key {key!r}, expected 'devices'")
    if "devices" not in top or _is_empty(top["devices"][1]):
        return {}
    entries = _mapping(path, top["devices"][1], "devices")
    return {name: _device(path, line, name, node) for name, (line, node) in entries.items()}


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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InventoryError(
            f"{path}: cannot be written: {error}",
            remedy="Free space or fix the permissions, or name another folder in "
            "$XTREME_EDGE_HOME.",
        ) from error


def _device(path: Path, line: int, name: str, node: yaml.Node) -> Device:
    expected = problem("name", name)
    if expected is not None:
        _fail(path, line, f"device name is {name!r}, expected {expected}")
    values: dict[str, Any] = {"name": name}
    for key, (key_line, value) in _mapping(path, node, f"device {name}").items():
        if key not in _FIELDS:
            _fail(
                path, key_line, f"device {name}: unknown key {key!r}, expected {', '.join(_FIELDS)}"
            )
        values[key] = _value(path, key_line, name, key, value)
    if "address" not in values:
        _fail(path, line, f"device {name}: 'address' is missing")
    return Device(**values)


def _value(path: Path, line: int, name: str, key: str, node: yaml.Node) -> object:
    import yaml  # noqa: PLC0415

    value: object = None
    if isinstance(node, yaml.ScalarNode):
        is_number = node.tag == "tag:yaml.org,2002:int" and node.value.isdecimal()
        value = int(node.value) if is_number and key in {"port", "threads"} else node.value
    expected = problem(key, value)
    if expected is not None:
        found = repr(value) if value is not None else f"a {node.id}"
        _fail(path, line, f"device {name}: {key} is {found}, expected {expected}")
    return value


def _mapping(path: Path, node: yaml.Node, what: str) -> dict[str, tuple[int, yaml.Node]]:
    import yaml  # noqa: PLC0415

    line = node.start_mark.line
    if not isinstance(node, yaml.MappingNode):
        _fail(path, line, f"{what} is a {node.id}, expected keys with values")
    found: dict[str, tuple[int, yaml.Node]] = {}
    for key, value in node.value:
        line = key.start_mark.line
        if not isinstance(key, yaml.ScalarNode):
            _fail(path, line, f"{what}: a {key.id} as key, expected a word")
        if key.value in found:
            _fail(path, line, f"{what}: {key.value!r} stands twice")
        found[key.value] = (line, value)
    return found


def _is_empty(node: yaml.Node) -> bool:
    return node.tag == "tag:yaml.org,2002:null"


def _fail(path: Path, line: int, message: str) -> NoReturn:
    raise InventoryError(
        f"{path}:{line + 1}: {message}", remedy=f"Correct line {line + 1} of {path}."
    )
