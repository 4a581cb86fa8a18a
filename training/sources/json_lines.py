"""Reads one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from device_agent.tasks.reading.lines import malformed, stream_lines
from training.sources.rows import Row


def read_json_lines(path: Path, language: str) -> Iterator[Row]:  # noqa: ARG001 a `Reader`
    """Yield a record a line; blank lines are passed over.

    Raises:
        DataError: The file is missing, or a line is no JSON object.
    """
    decoder = msgspec.json.Decoder(dict[str, Any])
    for number, line in enumerate(stream_lines(path), start=1):
        if not line.strip():
            continue
        try:
            values = decoder.decode(line)
        except (msgspec.DecodeError, RecursionError) as error:
            raise malformed(path, number, f"what is not ({error})", "a JSON object") from error
        yield Row(f"{path}, line {number}", values)
