"""Questions are read with the places of their answers, and with the lack of one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.errors import DataError, XtremeEdgeError
from device_agent.contract.samples import QuestionInput
from tests.training.sources.files import write, write_squad
from training.errors import TrainingError
from training.examples import Example, Span
from training.sources.questions import NO_ANSWER, SpanForm, read_squad_json
from training.sources.rows import Row

CONTEXT = "Die Äpfel isst Ömer."
OEMER = {"text": "Ömer", "answer_start": 15}


def _read(path: Path, form: SpanForm) -> list[Example]:
    return [form(row) for row in read_squad_json(path, "de")]


def test_spans_are_counted_in_characters(tmp_path: Path) -> None:
    """Umlauts before the answer do not move it."""
    path = write_squad(tmp_path / "a.json", CONTEXT, [{"answers": [OEMER]}])
    (example,) = _read(path, SpanForm())
    assert isinstance(example.input, QuestionInput)
    assert example.target == Span(start=15, end=19)
    assert example.input.context[15:19] == "Ömer"


@pytest.mark.parametrize("start", [16, -4, 99])
def test_an_answer_elsewhere_is_refused(tmp_path: Path, start: int) -> None:
    """An offset in bytes is found out, not trained on."""
    answer = {"text": "Ömer", "answer_start": start}
    path = write_squad(tmp_path / "a.json", CONTEXT, [{"answers": [answer]}])
    with pytest.raises(TrainingError, match=r"'q0': found .* expected the answer 'Ömer'"):
        _read(path, SpanForm())


@pytest.mark.parametrize("answers", [[], [{"text": "", "answer_start": 0}]])
def test_a_question_without_answer_is_refused(tmp_path: Path, answers: list[object]) -> None:
    """Answers that were blanked for a test are none; the message names the question."""
    path = write_squad(tmp_path / "a.json", CONTEXT, [{"answers": answers}])
    with pytest.raises(TrainingError, match="'q0' has no answer"):
        _read(path, SpanForm())


def test_an_unanswerable_question_has_an_empty_span(tmp_path: Path) -> None:
    """What only looks like an answer is not one."""
    impossible = {"answers": [], "plausible_answers": [OEMER], "is_impossible": True}
    path = write_squad(tmp_path / "a.json", CONTEXT, [impossible, {"answers": [OEMER]}])
    first, second = _read(path, SpanForm(unanswerable=True))
    assert first.target == NO_ANSWER
    assert second.target == Span(start=15, end=19)


def test_an_answer_that_is_missing_by_mistake_is_refused(tmp_path: Path) -> None:
    """In SQuAD 2.0 too, where the question is not said to be impossible."""
    path = write_squad(tmp_path / "a.json", CONTEXT, [{"answers": [], "is_impossible": False}])
    with pytest.raises(TrainingError, match="'q0' has no answer"):
        _read(path, SpanForm(unanswerable=True))


def test_the_hubs_rows_have_a_list_a_field() -> None:
    """Without an answer both are empty."""
    asked = {"question": "Wer?", "context": CONTEXT}
    row = Row("r", {**asked, "answers": {"text": ["Ömer"], "answer_start": [15]}})
    assert SpanForm()(row).target == Span(start=15, end=19)
    none = Row("r", {**asked, "answers": {"text": [], "answer_start": []}})
    assert SpanForm(unanswerable=True)(none).target == NO_ANSWER


@pytest.mark.parametrize(
    "answers", [{"text": ["a"], "answer_start": []}, "Ömer", [{"text": 3, "answer_start": 0}]]
)
def test_answers_of_another_form_are_refused(answers: object) -> None:
    """The record is named."""
    row = Row("row 5", {"question": "Wer?", "context": CONTEXT, "answers": answers})
    with pytest.raises(DataError, match="row 5: found"):
        SpanForm()(row)


def test_broken_json_is_told_by_its_line(tmp_path: Path) -> None:
    """A download that broke off."""
    path = write(tmp_path / "a.json", '{"data": [\n{"paragraphs": [')
    with pytest.raises(DataError, match=r"a\.json, line 2: found what is no JSON"):
        _read(path, SpanForm())


def test_json_of_another_form_is_told(tmp_path: Path) -> None:
    """What is missing is named."""
    path = write(tmp_path / "a.json", '{"version": "1.1"}')
    with pytest.raises(DataError, match="missing required field `data`"):
        _read(path, SpanForm())


@given(before=st.text(max_size=20), answer=st.text(min_size=1, max_size=9), shift=st.integers(0, 3))
def test_only_the_right_place_is_accepted(before: str, answer: str, shift: int) -> None:
    """Whatever the text: a span is read where the answer stands, and refused elsewhere."""
    context = f"{before}{answer} and so on"
    start = len(before) + shift
    row = Row(
        "r",
        {
            "question": "?",
            "context": context,
            "answers": [{"text": answer, "answer_start": start}],
        },
    )
    try:
        target = SpanForm()(row).target
    except XtremeEdgeError:
        assert context[start : start + len(answer)] != answer
    else:
        assert isinstance(target, Span)
        assert context[target.start : target.end] == answer
