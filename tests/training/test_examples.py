"""Examples are read from the official layout, and what is wrong with a file is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from device_agent import tasks
from device_agent.contract.samples import PairInput, QuestionInput
from training.errors import TrainingError
from training.examples import Example, Span, digest, read_examples, read_spans, share_equally


def _squad(folder: Path, answers: list[dict[str, object]]) -> Path:
    path = folder / "train-v1.1.json"
    asked = {"id": "q", "question": "Wer?", "answers": answers}
    paragraph = {"context": "Die Äpfel isst Ömer.", "qas": [asked]}
    path.write_text(json.dumps({"data": [{"paragraphs": [paragraph]}]}), encoding="utf-8")
    return path


def _examples(count: int, language: str) -> list[Example]:
    return [
        Example(input=PairInput(first=f"{language}{n}", second="x"), target="neutral")
        for n in range(count)
    ]


def test_the_third_column_is_the_target(tmp_path: Path) -> None:
    """A training file of XNLI becomes pairs with their labels."""
    (tmp_path / "xnli").mkdir()
    (tmp_path / "xnli/train-en.tsv").write_text("a\tb\tentailment\n", encoding="utf-8")
    (example,) = read_examples(tasks.get("xnli"), tmp_path, "en", "train")
    assert example == Example(input=PairInput(first="a", second="b"), target="entailment")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """The message names task, split and language."""
    (tmp_path / "xnli").mkdir()
    (tmp_path / "xnli/train-de.tsv").write_text("", encoding="utf-8")
    with pytest.raises(TrainingError, match="xnli, train, de.*found no example"):
        read_examples(tasks.get("xnli"), tmp_path, "de", "train")


def test_samples_without_gold_are_refused(tmp_path: Path) -> None:
    """A stripped test split is no training data."""
    (tmp_path / "xnli").mkdir()
    (tmp_path / "xnli/test-en.tsv").write_text("a\tb\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="no gold"):
        read_examples(tasks.get("xnli"), tmp_path, "en", "test")


def test_spans_are_counted_in_characters(tmp_path: Path) -> None:
    """Umlauts before the answer do not move it."""
    path = _squad(tmp_path, [{"text": "Ömer", "answer_start": 15}])
    (example,) = read_spans(path)
    assert isinstance(example.input, QuestionInput)
    assert example.target == Span(start=15, end=19)
    assert example.input.context[15:19] == "Ömer"


def test_an_answer_elsewhere_is_refused(tmp_path: Path) -> None:
    """An offset in bytes is found out, not trained on."""
    path = _squad(tmp_path, [{"text": "Ömer", "answer_start": 16}])
    with pytest.raises(TrainingError, match="expected the answer 'Ömer'"):
        read_spans(path)


def test_a_question_without_answer_is_refused(tmp_path: Path) -> None:
    """The message names the question."""
    with pytest.raises(TrainingError, match="'q' has no answer"):
        read_spans(_squad(tmp_path, []))


def test_languages_share_equally() -> None:
    """Ten of three languages are four, three and three, and equal seeds draw the same."""
    available = {language: _examples(9, language) for language in ("de", "en", "zh")}
    drawn = share_equally(available, 10, seed=1)
    firsts = [e.input.first[:2] for e in drawn if isinstance(e.input, PairInput)]
    assert sorted(firsts) == ["de"] * 4 + ["en"] * 3 + ["zh"] * 3
    assert drawn == share_equally(available, 10, seed=1)
    assert drawn != share_equally(available, 10, seed=2)


def test_too_few_examples_of_a_language_are_refused() -> None:
    """The message names the language, what was found and what was expected."""
    with pytest.raises(TrainingError, match="zh: found 2 examples, expected at least 5"):
        share_equally({"en": _examples(9, "en"), "zh": _examples(2, "zh")}, 10, seed=1)


def test_the_digest_depends_on_the_order() -> None:
    """Another order is another training."""
    examples = _examples(2, "en")
    assert digest(examples) == digest(list(examples))
    assert digest(examples) != digest(examples[::-1])
