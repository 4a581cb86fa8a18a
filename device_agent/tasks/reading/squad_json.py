"""Reads questions in the JSON form of SQuAD 1.1, which XQuAD, TyDiQA and MLQA share."""

from __future__ import annotations

from pathlib import Path

import msgspec

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.lines import read_bytes


class Answer(msgspec.Struct, frozen=True):
    """A span of the context.

    Attributes:
        text: What stands there.
        answer_start: Its first character, in code points of the context; training uses it.
    """

    text: str
    answer_start: int


class Question(msgspec.Struct, frozen=True):
    """A question with its accepted answers, those blanked in published test data left out."""

    id: str
    question: str
    context: str
    answers: tuple[Answer, ...]


class _Entry(msgspec.Struct):
    id: str
    question: str
    answers: list[Answer] = []


class _Paragraph(msgspec.Struct):
    context: str
    qas: list[_Entry]


class _Article(msgspec.Struct):
    paragraphs: list[_Paragraph]


class _Document(msgspec.Struct):
    data: list[_Article]


def read_questions(path: Path) -> list[Question]:
    """Return all questions of a file, in its order.

    Raises:
        DataError: The file is missing, or is not of SQuAD's form.
    """
    content = read_bytes(path)
    try:
        document = msgspec.json.decode(content, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(
            f"{path}: found what is not JSON of SQuAD 1.1's form: {error}; expected "
            "data[].paragraphs[] with context and qas[], these with id, question and answers[].",
            remedy="Download the file again.",
        ) from error
    return [
        Question(
            id=entry.id,
            question=entry.question,
            context=paragraph.context,
            answers=tuple(answer for answer in entry.answers if answer.text),
        )
        for article in document.data
        for paragraph in article.paragraphs
        for entry in paragraph.qas
    ]
