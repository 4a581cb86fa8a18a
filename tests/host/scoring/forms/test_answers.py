"""Answers by question id, and SQuAD's form for the labels."""

from __future__ import annotations

import json

import pytest

from device_agent.contract.errors import DataError
from host.scoring.forms.answers import compare_answers
from tests.host.scoring.conftest import RunCompare


def squad(*questions: tuple[str, list[str]]) -> dict[str, object]:
    qas = [
        {"id": key, "question": "?", "answers": [{"text": t, "answer_start": 0} for t in answers]}
        for key, answers in questions
    ]
    return {
        "version": "1.1",
        "data": [{"title": "t", "paragraphs": [{"context": "c", "qas": qas}]}],
    }


LABELS = json.dumps(squad(("q1", ["Berlin", "in Berlin"]), ("q2", ["1999"])))


def test_every_accepted_answer_is_read(compare: RunCompare) -> None:
    """Per question id."""
    found = compare(compare_answers, '{"q2": "1999", "q1": ""}', LABELS)
    assert found.gold == {"q1": ("Berlin", "in Berlin"), "q2": ("1999",)}
    assert found.predictions == {"q1": "", "q2": "1999"}
    assert found.notes == ()


def test_a_byte_order_mark_and_a_bare_list_are_labels_too(compare: RunCompare) -> None:
    """The official reader takes the list of articles as well."""
    bare = b"\xef\xbb\xbf" + json.dumps(squad(("q1", ["a"]))["data"]).encode()
    assert compare(compare_answers, "{}", bare).gold == {"q1": ("a",)}


def test_questions_without_an_accepted_answer_do_not_count(compare: RunCompare) -> None:
    """Published test data has its answers blanked, or none."""
    labels = json.dumps(squad(("q1", ["a"]), ("q2", [""]), ("q3", [])))
    assert compare(compare_answers, "{}", labels).gold == {"q1": ("a",)}


@pytest.mark.parametrize("answer", ["5", "null", '["a"]', '{"text": "a"}'])
def test_an_answer_is_a_text(compare: RunCompare, answer: str) -> None:
    """Anything else names its question."""
    with pytest.raises(DataError, match="as answer to 'q1', expected a text"):
        compare(compare_answers, f'{{"q1": {answer}}}', LABELS)


@pytest.mark.parametrize("labels", ['{"q1": "Berlin"}', '{"data": [{}]}', "[1]", "5"])
def test_labels_of_another_form_are_refused(compare: RunCompare, labels: str) -> None:
    """Predictions in place of labels, for example."""
    with pytest.raises(DataError, match="expected SQuAD 1.1's form"):
        compare(compare_answers, "{}", labels)


def test_a_question_twice_is_refused(compare: RunCompare) -> None:
    """Which of the two would count?"""
    labels = json.dumps(squad(("q1", ["a"]), ("q1", ["b"])))
    with pytest.raises(DataError, match="found question 'q1' twice"):
        compare(compare_answers, "{}", labels)
