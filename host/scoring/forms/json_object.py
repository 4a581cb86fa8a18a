"""Files of one JSON object, by id, and what its ids have to do with those of the labels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.lines import read_bytes

_REMEDY = "Write the file again: one JSON object, from id to prediction."
_KINDS = {
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def read_json(path: Path) -> Any:
    """Return what the file holds; a byte order mark before it is passed over.

    Python's own reader, because half an emoji, which it writes as an escape, is one that stricter
    readers refuse.

    Raises:
        DataError: The file is missing or is not JSON.
    """
    try:
        return json.loads(read_bytes(path).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: cannot be read as JSON: {error}.", remedy=_REMEDY) from error


def read_object(path: Path) -> dict[str, Any]:
    """Return the file's object.

    Raises:
        DataError: The file is missing, is not JSON, or holds something else.
    """
    value = read_json(path)
    if not isinstance(value, dict):
        raise not_of_form(path, kind(value), "one JSON object by id")
    return value


def kind(value: object) -> str:
    """Name what a JSON value is."""
    return _KINDS[type(value)]


def not_of_form(path: Path, found: str, expected: str) -> DataError:
    """Return the error for a file that is JSON of another form."""
    return DataError(f"{path}: found {found}, expected {expected}.", remedy=_REMEDY)


def compare_ids(
    gold: Mapping[str, object], predictions: Mapping[str, object], what: str
) -> tuple[str, ...]:
    """Return notes on ids that only one side has; `what` names what an id stands for."""
    missing = sum(key not in predictions for key in gold)
    extra = sum(key not in gold for key in predictions)
    notes = []
    if missing:
        notes.append(f"{what} without a prediction, counted 0: {missing} of {len(gold)}")
    if extra:
        notes.append(f"predictions for {what} without gold, passed over: {extra}")
    return tuple(notes)
