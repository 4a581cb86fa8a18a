"""Strict JSON for every document that crosses the wire or the disk.

An unknown key, a missing or repeated one, a wrong type or a newer major version is a
`ContractError` that names the document, so that a half-understood file never becomes a number in
a report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec

from device_agent.contract.ambiguity import refuse_ambiguity
from device_agent.contract.errors import ContractError

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform

    # msgspec.Struct carries a transform of its own, by position and mutable, which would win.
    class _Struct:
        pass
else:
    _Struct = msgspec.Struct

    def dataclass_transform(**_: Any) -> Any:
        """Stand in for the marker of Python 3.11, which only type checkers read."""
        return lambda cls: cls


T = TypeVar("T")

Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""SHA-256 in lower-case hexadecimal."""

Identifier = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}\Z")]
"""A name that is safe as a file name and as one shell word."""

Line = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z")]
"""Text on one line, which stays within its table, comment or heading wherever it is shown."""


@dataclass_transform(
    kw_only_default=True, frozen_default=True, eq_default=True, field_specifiers=(msgspec.field,)
)
class _DocumentMeta(msgspec.StructMeta):
    """Makes every subclass immutable, by keyword and strict without saying so each time."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any
    ) -> Any:
        strict = {"frozen": True, "kw_only": True, "forbid_unknown_fields": True}
        return super().__new__(cls, name, bases, namespace, **(strict | config))


class Document(_Struct, metaclass=_DocumentMeta):
    """Base of every value in the contract: immutable, by keyword, strict."""


def is_identifier(text: str) -> bool:
    """Say whether the text is an `Identifier`, and so safe as a file name."""
    try:
        msgspec.convert(text, Identifier)
    except msgspec.ValidationError:
        return False
    return True


def is_digest(text: str) -> bool:
    """Say whether the text is a `Digest`, and so safe as a file name."""
    try:
        msgspec.convert(text, Digest)
    except msgspec.ValidationError:
        return False
    return True


class _SchemaOnly(msgspec.Struct):
    schema: str = ""


def encode(value: object) -> bytes:
    """Return `value` as compact JSON with sorted keys, so that equal values have equal digests."""
    return msgspec.json.encode(value, order="sorted")


def encode_pretty(value: object) -> bytes:
    """Return `value` as indented JSON with sorted keys and a final newline, for people."""
    return msgspec.json.format(encode(value), indent=2) + b"\n"


def decode(data: bytes | str, type_: type[T], *, source: str) -> T:
    """Decode one strict document.

    Args:
        data: JSON.
        type_: The `Document` subclass (or any type msgspec knows) that it must be.
        source: What the reader knows the document as, for the error message.

    Raises:
        ContractError: Not JSON, not of this form, or of a newer major version.
    """
    expected = getattr(type_, "SCHEMA", None)
    if expected is not None:
        _check_schema(data, expected, source)
    refuse_ambiguity(
        data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data,
        source=source,
        thoroughly=expected is not None,
    )
    try:
        return msgspec.json.decode(data, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        name = getattr(type_, "__name__", "value")
        raise ContractError(
            f"{source}: not a valid {name}: {error}",
            remedy="Make the file again with the command that wrote it; do not edit it by hand.",
        ) from error


def _check_schema(data: bytes | str, expected: str, source: str) -> None:
    """Compare the document's `schema` ("name/major.minor") with ours before reading the rest."""
    try:
        found = msgspec.json.decode(data, type=_SchemaOnly).schema
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ContractError(
            f"{source}: not JSON that states its schema: {error}",
            remedy="Make the file again with the command that wrote it.",
        ) from error
    name, _, version = expected.partition("/")
    found_name, _, found_version = found.partition("/")
    if found_name != name or found_version.split(".")[0] != version.split(".")[0]:
        raise ContractError(
            f"{source}: schema is {found or 'not stated'!r}, expected {expected!r}",
            remedy="Use the same xtreme-edge version on the host and on the device: "
            "run `host deploy` again.",
        )
    if _minor(found_version) > _minor(version):
        raise ContractError(
            f"{source}: it was written by a newer xtreme-edge: its schema is {found!r}, and the "
            f"newest that is understood here is {expected!r}.",
            remedy="Update xtreme-edge here (`pip install -U xtreme-edge`), or use on both ends "
            "the version of this host: `host deploy`.",
        )


def _minor(version: str) -> int:
    minor = version.partition(".")[2]
    return int(minor) if minor.isascii() and minor.isdecimal() else 0
