"""Reads Mewsli-X's mentions of entities in articles: JSON Lines, an article a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from device_agent.tasks.reading.json_lines import stream_json_lines
from device_agent.tasks.reading.lines import malformed, shorten
from device_agent.tasks.reading.spans import Span


class Mention(msgspec.Struct, frozen=True):
    """One mention, and what stands around it in its sentence.

    Attributes:
        language: Of the article.
        entity_id: What is mentioned; None where the file does not say it.
    """

    id: str
    language: str
    left: str
    text: str
    right: str
    entity_id: str | None


class _Surface(Span, frozen=True):
    text: str


class _Mention(msgspec.Struct):
    example_id: str
    mention_span: _Surface
    entity_id: str | None = None


class _Context(msgspec.Struct):
    language: str
    text: str
    sentence_spans: list[Span]


class _Article(msgspec.Struct):
    context: _Context
    mentions: list[_Mention]


def stream_mentions(path: Path) -> Iterator[Mention]:
    """Yield every mention with its own sentence, in the file's order.

    Raises:
        DataError: The file is missing, a line is not of this form, or a mention is not where it
            is said to be, or in no one sentence.
    """
    for number, article in enumerate(stream_json_lines(path, _Article), start=1):
        for found in article.mentions:
            span, context = found.mention_span, article.context
            if not span.text or span.cut(context.text) != span.text:
                there = f"{shorten(span.cut(context.text))} at {span.start} to {span.end}"
                raise malformed(path, number, there, f"the mention {shorten(span.text)}")
            sentence = next((one for one in context.sentence_spans if span.is_in(one)), None)
            if sentence is None:
                there = f"the mention {shorten(span.text)} in no one sentence"
                raise malformed(path, number, there, "one of sentence_spans around it")
            yield Mention(
                id=found.example_id,
                language=context.language,
                left=context.text[sentence.start : span.start],
                text=span.text,
                right=context.text[span.end : sentence.end],
                entity_id=found.entity_id,
            )
