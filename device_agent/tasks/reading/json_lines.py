"""Reads one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from device_agent.tasks.reading.lines import malformed, stream_lines

T = TypeVar("T")


def read_json_lines(path: Path, form: type[T]) -> list[T]:
    """Return the objects, one a line; keys that `form` does not name are passed over.

    Raises:
        DataError: The file is missing, or a line is not JSON of that form.
    """
    return list(stream_json_lines(path, form))


def stream_json_lines(path: Path, form: type[T]) -> Iterator[T]:
    """Yield what `read_json_lines` returns, one line in memory at a time.

    Raises:
        DataError: As `read_json_lines`.
    """
    decoder = msgspec.json.Decoder(form)
    for number, line in enumerate(stream_lines(path), start=1):
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, RecursionError) as error:
            found = f"what does not fit ({error})"
            raise malformed(path, number, found, f"a JSON object with {_keys(form)}") from error


def _keys(form: type) -> str:
    return ", ".join(field.encode_name for field in msgspec.structs.fields(form) if field.required)
