"""Refuses JSON that readers understand differently: a name twice, an integer beyond 64 bits."""

from __future__ import annotations

import json
from typing import Any

from device_agent.contract.errors import ContractError

_MAX_DIGITS = 19
_LIMIT = 1 << 63
# Every digit becomes a zero, so that a long number is found at the speed of `in`, not of a regular
# expression. In a string it means nothing: the thorough look that follows tells them apart.
_ZEROS = bytes(ord("0") if chr(byte) in "0123456789" else ord(" ") for byte in range(256))
_LONG_NUMBER = b"0" * _MAX_DIGITS
_SHOWN_CHARACTERS = 40


class _AmbiguousError(Exception):
    """What is ambiguous, in words."""


def refuse_ambiguity(data: bytes, *, source: str, thoroughly: bool) -> None:
    """Do nothing if every reader understands the same; what is no JSON is left to the decoder.

    Args:
        data: JSON.
        source: What the reader knows the document as, for the error message.
        thoroughly: Look for repeated names too, which takes several times as long as decoding.

    Raises:
        ContractError: A name stands twice in one object, or an integer does not fit 64 bits.
    """
    if not thoroughly and _LONG_NUMBER not in data.translate(_ZEROS):
        return
    try:
        json.loads(data, object_pairs_hook=_distinct, parse_int=_bounded)
    except _AmbiguousError as error:
        raise ContractError(
            f"{source}: {error}",
            remedy="Make the file again with the command that wrote it; do not edit it by hand.",
        ) from error
    except (ValueError, RecursionError):
        return


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise _AmbiguousError(f"{twice[:_SHOWN_CHARACTERS]!r} stands twice in one object")


def _bounded(digits: str) -> int:
    if len(digits.lstrip("-")) > _MAX_DIGITS or not -_LIMIT <= int(digits) < _LIMIT:
        raise _AmbiguousError(f"the integer {digits[:_SHOWN_CHARACTERS]} does not fit 64 bits")
    return 0
