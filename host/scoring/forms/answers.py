"""Question answering: a JSON object from question id to answer; labels in SQuAD's form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from device_agent.tasks.reading.lines import shorten
from host.scoring.forms.compared import Compared
from host.scoring.forms.json_object import compare_ids, kind, not_of_form, read_json, read_object


class _Answer(msgspec.Struct):
    text: str


class _Question(msgspec.Struct):
    id: str
    answers: list[_Answer] = []


class _Paragraph(msgspec.Struct):
    qas: list[_Question]


class _Article(msgspec.Struct):
    paragraphs: list[_Paragraph]


def compare_answers(
    predictions: Path,
    labels: Path,
    classes: Sequence[str],  # noqa: ARG001 the forms' common signature
) -> Compared:
    """Read answers and accepted answers by question id; their order does not matter.

    A question without an accepted answer, or with blank ones only as published test data has
    them, has no gold and does not count.

    Raises:
        DataError: A file is missing, unreadable or of another form, an answer is no text, or the
            labels have a question twice.
    """
    gold = _read_gold(labels)
    found = read_object(predictions)
    for key, answer in found.items():
        if not isinstance(answer, str):
            raise not_of_form(predictions, f"{kind(answer)} as answer to {shorten(key)}", "a text")
    return Compared(gold, found, compare_ids(gold, found, "questions"))


def _read_gold(path: Path) -> dict[str, tuple[str, ...]]:
    document: Any = read_json(path)
    articles = document.get("data") if isinstance(document, dict) else document
    gold: dict[str, tuple[str, ...]] = {}
    try:
        parsed = msgspec.convert(articles, list[_Article])
    except (msgspec.ValidationError, RecursionError) as error:
        raise not_of_form(path, f"what does not fit ({error})", "SQuAD 1.1's form") from error
    for article in parsed:
        for paragraph in article.paragraphs:
            for question in paragraph.qas:
                if question.id in gold:
                    raise not_of_form(path, f"question {shorten(question.id)} twice", "it once")
                gold[question.id] = tuple(answer.text for answer in question.answers if answer.text)
    return {key: answers for key, answers in gold.items() if answers}
