"""What a study's export and the processes that work for it say to each other: JSON, a line each."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from export.request import Action
from host.artifacts.order import Order


class Stepped(msgspec.Struct, frozen=True, tag="step"):
    """The export of a job goes on; see `ExportStep`."""

    number: int
    checkpoint: str
    action: Action
    recipe: str | None


class Failed(msgspec.Struct, frozen=True):
    """One artifact that could not be made."""

    folder: str
    recipe: str
    message: str
    remedy: str


class Ended(msgspec.Struct, frozen=True, tag="end"):
    """The export of a job has ended.

    Attributes:
        reused: Folder to whether its artifact was there already.
        peak_bytes: The largest resident memory of the process so far.
    """

    number: int
    reused: dict[str, bool]
    notes: tuple[str, ...]
    failures: tuple[Failed, ...]
    peak_bytes: int


Message: TypeAlias = Stepped | Ended


def write_orders(orders: list[Order]) -> bytes:
    """Return orders as one line."""
    return msgspec.json.encode(orders, enc_hook=str) + b"\n"


def read_orders(line: bytes) -> list[Order]:
    """Return the orders of a line."""
    return msgspec.json.decode(line, type=list[Order], dec_hook=_path)


def write_message(message: Message) -> bytes:
    """Return a message as one line."""
    return msgspec.json.encode(message) + b"\n"


def read_message(line: bytes) -> Message:
    """Return the message of a line."""
    message: Message = msgspec.json.decode(line, type=Message)
    return message


def _path(type_: type, found: Any) -> Path:
    assert type_ is Path
    return Path(found)
