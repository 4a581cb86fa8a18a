"""Reads Mewsli-X's candidate entities: JSON Lines, an entity a line, a million of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from device_agent.tasks.reading.json_lines import stream_json_lines
from device_agent.tasks.reading.lines import malformed
from device_agent.tasks.reading.spans import Span


class Entity(msgspec.Struct, frozen=True):
    """An entity and the sentences that describe it."""

    id: str
    sentences: tuple[str, ...]


class _Entity(msgspec.Struct):
    entity_id: str
    description: str
    sentence_spans: list[Span] | None = None


def stream_entities(path: Path) -> Iterator[Entity]:
    """Yield every entity, one in memory at a time; without spans a description is one sentence.

    Raises:
        DataError: The file is missing, a line is not of this form, or a sentence lies outside its
            description.
    """
    for number, found in enumerate(stream_json_lines(path, _Entity), start=1):
        length = len(found.description)
        whole = Span(0, length)
        for span in found.sentence_spans or ():
            if not span.is_in(whole):
                there = f"a sentence at {span.start} to {span.end}"
                raise malformed(path, number, there, f"0 to {length}, the description's length")
        spans = [whole] if found.sentence_spans is None else found.sentence_spans
        yield Entity(found.entity_id, tuple(span.cut(found.description) for span in spans))
