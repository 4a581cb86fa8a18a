"""Reads SQuAD's JSON form with the sentence breaks of each paragraph, which XQuAD-R adds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.lines import read_bytes, shorten

Offset = Annotated[int, msgspec.Meta(ge=0)]
"""A character of the context, in code points."""


class Asked(msgspec.Struct, frozen=True):
    """A question about a paragraph.

    Attributes:
        answered_by: Positions of the sentences that answer it, from 0: the one that its answer
            starts in, and any with the very same text; empty where it starts in none; None where
            the file has no answer.
    """

    id: str
    question: str
    answered_by: tuple[int, ...] | None


class Paragraph(msgspec.Struct, frozen=True):
    """A paragraph in sentences.

    Attributes:
        number: Counted from 1 through the whole file.
    """

    number: int
    context: str
    sentences: tuple[str, ...]
    questions: tuple[Asked, ...]


class _Answer(msgspec.Struct):
    text: str
    answer_start: int


class _Entry(msgspec.Struct):
    id: str
    question: str
    answers: list[_Answer] = []


class _Paragraph(msgspec.Struct):
    context: str
    sentence_breaks: list[tuple[Offset, Offset]]
    qas: list[_Entry]


class _Article(msgspec.Struct):
    paragraphs: list[_Paragraph]


class _Document(msgspec.Struct):
    data: list[_Article]


def read_paragraphs(path: Path) -> list[Paragraph]:
    """Return all paragraphs of a file, in its order.

    Raises:
        DataError: The file is missing, is not of this form, or has a question's id twice.
    """
    content = read_bytes(path)
    try:
        document = msgspec.json.decode(content, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(
            f"{path}: found what is not JSON of XQuAD-R's form: {error}; expected "
            "data[].paragraphs[] with context, sentence_breaks[] and qas[], these with id, "
            "question and answers[].",
            remedy="Download the file again.",
        ) from error
    paragraphs = [paragraph for article in document.data for paragraph in article.paragraphs]
    _check_ids(path, (entry.id for paragraph in paragraphs for entry in paragraph.qas))
    return [_paragraph(number, found) for number, found in enumerate(paragraphs, start=1)]


def _paragraph(number: int, found: _Paragraph) -> Paragraph:
    sentences = tuple(found.context[start:end] for start, end in found.sentence_breaks)
    return Paragraph(
        number=number,
        context=found.context,
        sentences=sentences,
        questions=tuple(
            Asked(entry.id, entry.question, _answered_by(entry, found, sentences))
            for entry in found.qas
        ),
    )


def _answered_by(
    entry: _Entry, paragraph: _Paragraph, sentences: tuple[str, ...]
) -> tuple[int, ...] | None:
    """Return the sentences that hold the first answer, as `generate_examples` finds them."""
    answer = next((answer for answer in entry.answers if answer.text), None)
    if answer is None:
        return None
    for position, (start, end) in enumerate(paragraph.sentence_breaks):
        if start <= answer.answer_start < end and sentences[position]:
            text = sentences[position]
            return tuple(index for index, other in enumerate(sentences) if other == text)
    return ()


def _check_ids(path: Path, ids: Iterator[str]) -> None:
    seen: set[str] = set()
    for key in ids:
        if key in seen:
            raise DataError(
                f"{path}: found question {shorten(key)} twice, expected it once.",
                remedy="Download the file again.",
            )
        seen.add(key)
