"""Questions with their gold from two places, and their scores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.errors import DataError
from device_agent.contract.samples import QuestionInput, Sample


def write(path: Path, **answers: str | list[str]) -> None:
    """Write a document with one question an id."""
    qas = [
        {
            "id": key,
            "question": f"Was {key}?",
            "answers": [
                {"answer_start": 0, "text": text}
                for text in (texts if isinstance(texts, list) else [texts])
            ],
        }
        for key, texts in answers.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"data": [{"paragraphs": [{"context": "Es ist da.", "qas": qas}]}]}
    path.write_text(json.dumps(document), encoding="utf-8")


def test_labels_may_hold_some_questions_only(tmp_path) -> None:
    """The others are unscored; an answer that two annotators gave counts once."""
    write(tmp_path / "xquad" / "xquad.de.json", a="", b="")
    write(tmp_path / "labels" / "xquad" / "test-de.json", b=["da", "da", "Es"])
    question = {"context": "Es ist da."}
    assert tasks.get("xquad").read(tmp_path, "de") == [
        Sample(id="a", input=QuestionInput(question="Was a?", **question), gold=None),
        Sample(id="b", input=QuestionInput(question="Was b?", **question), gold=("da", "Es")),
    ]


def test_labels_go_before_the_files_own_answers(tmp_path) -> None:
    """Where both have gold, the folder of labels decides."""
    write(tmp_path / "xquad" / "xquad.de.json", a="Es", b="Es")
    write(tmp_path / "labels" / "xquad" / "test-de.json", b="da")
    assert [s.gold for s in tasks.get("xquad").read(tmp_path, "de")] == [("Es",), ("da",)]


def test_gold_for_a_question_that_is_not_there_is_refused(tmp_path) -> None:
    """Labels of another version of the data would go unnoticed."""
    write(tmp_path / "xquad" / "xquad.de.json", a="")
    write(tmp_path / "labels" / "xquad" / "test-de.json", z="da")
    with pytest.raises(DataError, match=r"test-de.json: found gold for question 'z', expected"):
        tasks.get("xquad").read(tmp_path, "de")


def doubled(path: Path) -> None:
    """Write a document whose two questions have one id."""
    write(path, a="da")
    document = json.loads(path.read_text(encoding="utf-8"))
    document["data"] *= 2
    path.write_text(json.dumps(document), encoding="utf-8")


def test_an_id_that_stands_twice_in_a_test_file_is_refused(tmp_path) -> None:
    """Predictions could not be told apart."""
    doubled(tmp_path / "xquad" / "xquad.de.json")
    with pytest.raises(DataError, match=r"xquad.de.json: found question id 'a' twice"):
        tasks.get("xquad").read(tmp_path, "de")


def test_ids_that_repeat_in_training_data_are_counted_on(tmp_path) -> None:
    """The official TyDiQA train files number questions by article."""
    task = tasks.get("tydiqa")
    doubled(task.file(tmp_path, "ko", "train"))
    samples = task.read(tmp_path, "ko", "train")
    assert [(sample.id, sample.gold) for sample in samples] == [("a", ("da",)), ("a#1", ("da",))]


def test_english_training_data_is_squads(tmp_path) -> None:
    """XQuAD and MLQA are trained on SQuAD 1.1, which stands in a folder of its own."""
    write(tmp_path / "squad" / "train-v1.1.json", a="da")
    for name in ("xquad", "mlqa"):
        assert [s.gold for s in tasks.get(name).read(tmp_path, "en", "train")] == [("da",)]


def test_an_unanswered_question_counts_zero() -> None:
    """Both means are over all questions with gold."""
    score = tasks.get("xquad").score({"a": "Es"}, {"a": ("es",), "b": ("da",)}, "de")
    assert score.metrics == {"exact_match": 50.0, "f1": 50.0}


def test_mlqa_normalises_by_language_and_xquad_never() -> None:
    """`Die Katze` is `Katze` to MLQA in German only."""
    gold = {"a": ("Katze",)}
    found = {"a": "die Katze"}
    assert tasks.get("mlqa").score(found, gold, "de").metrics["exact_match"] == 100
    assert tasks.get("mlqa").score(found, gold, "en").metrics["exact_match"] == 0
    assert tasks.get("xquad").score(found, gold, "de").metrics["exact_match"] == 0


def test_mlqa_refuses_a_language_that_it_does_not_define() -> None:
    """No score by another language's rules."""
    with pytest.raises(DataError, match="'fr'"):
        tasks.get("mlqa").score({"a": "x"}, {"a": ("x",)}, "fr")


def test_credit_is_the_f1_of_the_best_answer() -> None:
    """Between 0 and 1."""
    assert tasks.get("xquad").credit("big red", ("none", "big red dog"), "en") == pytest.approx(0.8)
