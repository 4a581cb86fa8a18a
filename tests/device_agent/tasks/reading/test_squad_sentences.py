"""SQuAD's form with sentence breaks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.errors import DataError
from device_agent.tasks.reading.squad_sentences import Asked, read_paragraphs


def paragraph(context: str, breaks: list[list[int]], *qas: dict[str, object]) -> dict[str, object]:
    return {"context": context, "sentence_breaks": breaks, "qas": list(qas), "sentences": []}


def asked(key: str, start: int, text: str = "x") -> dict[str, object]:
    return {"id": key, "question": f"{key}?", "answers": [{"text": text, "answer_start": start}]}


def write(path: Path, *articles: list[dict[str, object]]) -> Path:
    data = {"data": [{"paragraphs": paragraphs} for paragraphs in articles], "version": "1"}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_paragraphs_are_numbered_through_all_articles(tmp_path: Path) -> None:
    """From 1, whether or not they have a question."""
    path = write(
        tmp_path / "en.json",
        [paragraph("A. B.", [[0, 2], [3, 5]], asked("q", 3))],
        [paragraph("C.", [[0, 2]]), paragraph("D.", [[0, 2]], asked("r", 0))],
    )
    found = read_paragraphs(path)
    assert [one.number for one in found] == [1, 2, 3]
    assert found[0].sentences == ("A.", "B.")
    assert found[0].questions == (Asked("q", "q?", (1,)),)
    assert found[2].context == "D."


@pytest.mark.parametrize(
    ("start", "expected"), [(0, (0, 2)), (4, (0, 2)), (5, ()), (6, (1,)), (11, (0, 2)), (99, ())]
)
def test_every_sentence_with_the_answers_text_answers(tmp_path: Path, start, expected) -> None:
    """As upstream compares texts; an answer that starts between sentences is in none."""
    context = "Nein. Doch! Nein."
    path = write(
        tmp_path / "de.json",
        [paragraph(context, [[0, 5], [6, 11], [12, 17]], asked("q", start + (start == 11)))],
    )
    assert read_paragraphs(path)[0].questions[0].answered_by == expected


def test_offsets_count_code_points(tmp_path: Path) -> None:
    """A character beyond the basic plane is one, as is each Thai sign."""
    context = "𝄞𝄞. ที่นี่."
    path = write(tmp_path / "th.json", [paragraph(context, [[0, 3], [4, 11]], asked("q", 4))])
    assert read_paragraphs(path)[0].sentences == ("𝄞𝄞.", "ที่นี่.")


@pytest.mark.parametrize("answers", [[], [{"text": "", "answer_start": 0}]])
def test_a_question_without_an_answer_says_so(tmp_path: Path, answers) -> None:
    """Published test data blanks answers; that is not an answer in no sentence."""
    question = {"id": "q", "question": "?", "answers": answers}
    path = write(tmp_path / "en.json", [paragraph("A.", [[0, 2]], question)])
    assert read_paragraphs(path)[0].questions[0].answered_by is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"data": [{"paragraphs": [{"context": "A.", "qas": []}]}]}',
        '{"data": [{"paragraphs": [{"context": "A.", "qas": [], "sentence_breaks": [[-1, 2]]}]}]}',
        '{"data": [{"paragraphs": [{"context": "A.", "qas": [], "sentence_breaks": [[0]]}]}]}',
        "[" * 100_000,
    ],
)
def test_another_form_is_refused(tmp_path: Path, content) -> None:
    """With the file, what is wrong, and the form that was expected."""
    path = tmp_path / "en.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(
        DataError, match=r"en.json: found .*; expected .* sentence_breaks"
    ) as caught:
        read_paragraphs(path)
    assert caught.value.remedy


def test_a_repeated_question_is_refused(tmp_path: Path) -> None:
    """Its ranking would stand for two."""
    path = write(tmp_path / "en.json", [paragraph("A.", [[0, 2]], asked("q", 0), asked("q", 0))])
    with pytest.raises(DataError, match="found question 'q' twice"):
        read_paragraphs(path)


@given(st.lists(st.text("ab.\u0e01𝄞", min_size=1, max_size=4), min_size=1, max_size=6), st.data())
def test_an_answer_is_found_in_its_own_sentence(tmp_path_factory, sentences, data) -> None:
    """Wherever it starts, one of the sentences named is the one around it."""
    starts = [sum(map(len, sentences[:index])) for index in range(len(sentences))]
    breaks = [[start, start + len(text)] for start, text in zip(starts, sentences, strict=True)]
    at = data.draw(st.integers(0, sum(map(len, sentences)) - 1))
    path = write(
        tmp_path_factory.mktemp("squad") / "x.json",
        [paragraph("".join(sentences), breaks, asked("q", at))],
    )
    (found,) = read_paragraphs(path)
    positions = found.questions[0].answered_by
    own = max(index for index, start in enumerate(starts) if start <= at)
    assert found.sentences == tuple(sentences)
    assert positions == tuple(i for i, text in enumerate(sentences) if text == sentences[own])
