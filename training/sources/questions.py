"""Reads questions answered by a span of their context: SQuAD's JSON, 1.1 and 2.0, and its rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from device_agent.contract.errors import DataError
from device_agent.contract.samples import QuestionInput
from device_agent.tasks.reading.lines import malformed, read_bytes
from training.errors import TrainingError
from training.examples import Example, Span
from training.sources.rows import Row, shown

NO_ANSWER = Span(start=0, end=0)
"""The target of a question that its context does not answer."""


class _Question(msgspec.Struct):
    id: str
    question: str
    answers: list[dict[str, Any]] = []
    is_impossible: bool = False


class _Paragraph(msgspec.Struct):
    context: str
    qas: list[_Question]


class _Article(msgspec.Struct):
    paragraphs: list[_Paragraph]


class _Document(msgspec.Struct):
    data: list[_Article]


def read_squad_json(path: Path, language: str) -> Iterator[Row]:  # noqa: ARG001 a `Reader`
    """Yield a record a question, as the hub's rows of SQuAD have it.

    Raises:
        DataError: The file is missing, or is not of SQuAD's form.
    """
    content = read_bytes(path)
    try:
        document = msgspec.json.decode(content, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _not_squad(path, content, error) from error
    for article in document.data:
        for paragraph in article.paragraphs:
            for asked in paragraph.qas:
                yield Row(
                    f"{path}: question {asked.id!r}",
                    {
                        "question": asked.question,
                        "context": paragraph.context,
                        "answers": [] if asked.is_impossible else asked.answers,
                        "is_impossible": asked.is_impossible,
                    },
                )


@dataclass(frozen=True)
class SpanForm:
    """A `Form`; the first of several answers counts, as in XTREME's training.

    Attributes:
        unanswerable: Whether questions may have no answer, as in SQuAD 2.0.
    """

    unanswerable: bool = False

    def __call__(self, row: Row) -> Example:
        """Return the example; its target is `NO_ANSWER` where the context does not answer.

        Raises:
            DataError: A column is missing or has another form.
            TrainingError: There is no answer, or it does not stand where the record says.
        """
        asked = QuestionInput(question=row.text("question"), context=row.text("context"))
        answer = _first_answer(row)
        if answer is None:
            if not self._may_lack_an_answer(row):
                raise TrainingError(
                    f"{row.place} has no answer.",
                    remedy="Train on a file with answers, such as SQuAD's train-v1.1.json, not on "
                    "a test file; unanswerable questions belong to the task `squad2`.",
                )
            return Example(input=asked, target=NO_ANSWER)
        text, start = answer
        span = Span(start=start, end=start + len(text))
        if start < 0 or asked.context[span.start : span.end] != text:
            raise TrainingError(
                f"{row.place}: found {asked.context[max(start, 0) : span.end]!r} at {start}, "
                f"expected the answer {text!r}.",
                remedy="Correct answer_start, in characters (not bytes) from 0.",
            )
        return Example(input=asked, target=span)

    def _may_lack_an_answer(self, row: Row) -> bool:
        """Tell whether SQuAD 2.0 says so; the hub's rows say it by having no answer."""
        return self.unanswerable and bool(row.values.get("is_impossible", True))


def _first_answer(row: Row) -> tuple[str, int] | None:
    """Return text and first character; None where there is none, or it was blanked for a test."""
    for text, start in _answers(row):
        if not isinstance(text, str) or not isinstance(start, int):
            raise row.refused("an answer of another form", "text, and answer_start as a number")
        if text:
            return text, start
    return None


def _answers(row: Row) -> list[tuple[Any, Any]]:
    """Return texts and first characters, from a list of answers or, on the hub, of fields."""
    found = row.value("answers")
    if isinstance(found, dict):
        texts, starts = found.get("text", []), found.get("answer_start", [])
        if len(texts) != len(starts):
            raise row.refused(f"{len(starts)} places of {len(texts)} answers", "one an answer")
        return list(zip(texts, starts, strict=True))
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise row.refused(f"answers {shown(found)}", "a list of objects")
    return [(one.get("text"), one.get("answer_start")) for one in found]


def _not_squad(path: Path, content: bytes, error: Exception) -> DataError:
    """Tell broken JSON, with its line, from JSON of another form."""
    expected = (
        "data[].paragraphs[] with context and qas[], these with id, question and answers[], as "
        "SQuAD has them"
    )
    try:
        json.loads(content)
    except json.JSONDecodeError as broken:
        return malformed(path, broken.lineno, f"what is no JSON ({broken.msg})", expected)
    except (UnicodeDecodeError, RecursionError):
        pass
    return DataError(
        f"{path}: found JSON of another form ({error}), expected {expected}.",
        remedy="Download the file again, or name the one that has this form.",
    )
