"""SQuAD is read in both versions, and XQuAD in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_agent.contract.samples import QuestionInput
from tests.host.data.fetch.conftest import AddDataset
from tests.training.sources.files import write_squad
from training import intermediate, learning
from training.examples import Span
from training.sources.questions import NO_ANSWER

SQUAD = learning.get(intermediate, "squad")
ANNA = {"answers": [{"text": "Anna", "answer_start": 0}]}


def test_the_published_file_is_read(tmp_path: Path) -> None:
    """And a translation beside it."""
    write_squad(tmp_path / "squad/train-v1.1.json", "Anna.", [ANNA])
    write_squad(tmp_path / "squad/train-de.json", "Anna!", [ANNA, ANNA])
    assert [one.target for one in SQUAD.read(tmp_path, "en")] == [Span(start=0, end=4)]
    assert len(SQUAD.read(tmp_path, "de")) == 2


def test_the_hubs_rows_are_read(mirror: Path, add_dataset: AddDataset) -> None:
    """In English alone."""
    pytest.importorskip("datasets", reason="the extra [fetch] is not installed")
    answers = {"text": ["Anna"], "answer_start": [0]}
    rows = [{"id": "1", "context": "Anna.", "question": "Who?", "answers": answers}]
    add_dataset("rajpurkar/squad", "plain_text", {"train": rows})
    assert SQUAD.fetch is not None
    assert [one.target for one in SQUAD.fetch("en", mirror)] == [Span(start=0, end=4)]


def test_xquad_serves_as_multilingual_data(train_sample: Path) -> None:
    """1,085 questions in each of twelve languages, every answer where it is said to be."""
    for code in ("ar", "de", "el", "en", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh"):
        examples = SQUAD.read(train_sample, code, "xquad/xquad.{language}.json")
        assert len(examples) == 1085
        for one in examples:
            assert isinstance(one.input, QuestionInput)
            assert isinstance(one.target, Span)
            assert 0 <= one.target.start < one.target.end <= len(one.input.context)


def test_squad2_keeps_what_cannot_be_answered(tmp_path: Path) -> None:
    """Its target is no span."""
    impossible = {"answers": [], "is_impossible": True}
    write_squad(tmp_path / "squad2/train-v2.0.json", "Anna.", [ANNA, impossible])
    read = learning.get(intermediate, "squad2").read(tmp_path, "en")
    assert [one.target for one in read] == [Span(start=0, end=4), NO_ANSWER]
