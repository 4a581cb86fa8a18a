"""Questions in SQuAD's form."""

from __future__ import annotations

import json

import pytest

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.squad_json import Answer, Question, read_questions


def document(*questions: dict) -> dict:
    return {
        "version": "1.1",
        "data": [{"paragraphs": [{"context": "Es ist da.", "qas": questions}]}],
    }


def entry(key: str, *answers: tuple[int, str]) -> dict:
    return {
        "id": key,
        "question": "Was?",
        "answers": [{"answer_start": start, "text": text} for start, text in answers],
    }


@pytest.fixture
def read(tmp_path):
    """Write a document, or any text, and read it."""

    def write_and_read(content: dict | str):
        path = tmp_path / "x.json"
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return read_questions(path)

    return write_and_read


def test_questions_come_in_order_with_their_contexts(read) -> None:
    """Answers keep their place in the context; other keys are passed over."""
    assert read(document(entry("b", (7, "da")), entry("a"))) == [
        Question("b", "Was?", "Es ist da.", (Answer("da", 7),)),
        Question("a", "Was?", "Es ist da.", ()),
    ]


def test_blanked_answers_are_none(read) -> None:
    """The empty text that the official preprocessing leaves is no answer."""
    (question,) = read(document(entry("a", (0, ""))))
    assert question.answers == ()


@pytest.mark.parametrize(
    "bad", ["", "{", "[]", '{"data": [{}]}', json.dumps({"data": [{"paragraphs": [{"qas": []}]}]})]
)
def test_another_form_is_refused(read, bad) -> None:
    """The message names the file, and what SQuAD's form is."""
    with pytest.raises(DataError, match=r"x.json: found what is not .* expected data\[\]"):
        read(bad)
