"""The benchmark of recipes against a plain script: both run, and both learn from the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from benchmarks.plain_trainer import Question, Reader, Tagger
from benchmarks.training_data import TASKS, Amounts, Budget
from benchmarks.training_parity import Outcome, present, run
from device_agent import tasks
from device_agent.contract.samples import QuestionInput, TokensInput
from training import heads
from training.examples import Example, Span
from training.heads.protocol import Features
from training.recipe import EncoderShape
from training.tokenizer import SPACE, save_tokenizer, train_tokenizer

SENTENCE = "Anna reads a remarkable book in the park ."
CONTEXT = "Peter is in the park. Anna reads a red book there, and nobody knows why."
TINY = Amounts(
    budgets=dict.fromkeys(TASKS, Budget(train=6, steps=2, batch_size=2)),
    test=4,
    pretraining_steps=2,
    shape=EncoderShape(
        hidden_size=16, layers=1, attention_heads=2, intermediate_size=16, max_tokens=128
    ),
    vocabulary=300,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer."""
    folder = tmp_path_factory.mktemp("tokenizer")
    words = [SPACE + word for word in f"{SENTENCE} {CONTEXT}".split()]
    save_tokenizer(train_tokenizer(words, 90), folder, 128)
    return folder


def _ours(folder: Path, task: str, example: Example) -> list[Features]:
    solved = tasks.get(task)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    learner = heads.get(solved.head.name)
    return learner.features(solved.head, tokenizer, example, solved.labels)


def test_both_ways_learn_tags_from_the_very_same_items(folder: Path) -> None:
    """Token by token, target by target."""
    words = tuple(SENTENCE.split())
    tags = ("PROPN", "VERB", "DET", "ADJ", "NOUN", "ADP", "DET", "NOUN", "PUNCT")
    plain = Tagger(folder, tasks.get("udpos").labels).items([(words, tags)])
    example = Example(input=TokensInput(tokens=words), target=tags)
    assert plain == _ours(folder, "udpos", example)


def test_both_ways_learn_answers_from_the_very_same_items(folder: Path) -> None:
    """Where the context has one window; padding aside."""
    answer = "a red book"
    start = CONTEXT.index(answer)
    asked = QuestionInput(question="What does Anna read?", context=CONTEXT)
    (plain,) = Reader(folder).items([Question(asked.question, CONTEXT, answer, start)])
    example = Example(input=asked, target=Span(start=start, end=start + len(answer)))
    (ours,) = _ours(folder, "tydiqa", example)
    length = sum(plain.pop("attention_mask"))
    assert plain.pop("input_ids")[:length] == ours.pop("input_ids")
    assert plain == ours


def test_every_task_is_trained_both_ways(tmp_path: Path) -> None:
    """On held-out examples of small files."""
    sample = tmp_path / "train_sample"
    for task, tag in (("udpos", "NOUN"), ("panx", "B-PER")):
        (sample / task).mkdir(parents=True)
        lines = "".join(f"{word}\t{tag}\n" for word in SENTENCE.split())
        (sample / task / "train-en.tsv").write_text(f"{lines}\n" * 10, encoding="utf-8")
    asked = {"question": "Who?", "answers": [{"text": "Anna", "answer_start": 22}]}
    paragraphs = [{"context": CONTEXT, "qas": [{"id": str(n), **asked}]} for n in range(10)]
    (sample / "tydiqa").mkdir()
    (sample / "tydiqa/tydiqa.goldp.en.train.json").write_text(
        json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8"
    )
    outcomes = run(tmp_path, tmp_path / "work", TINY, (1,), lambda _: None)
    assert [one.task for one in outcomes] == list(TASKS)


def test_the_table_has_means_over_seeds() -> None:
    """And Student's interval of their difference: 12.71 at one degree of freedom."""
    text = present([Outcome("udpos", 1, 80.0, 79.0, 79.0), Outcome("udpos", 2, 81.0, 81.0, 80.0)])
    figures, interval = text.splitlines()[-1].split("   95 % of the difference: ")
    assert figures.split() == ["udpos", "mean", "80.50", "80.00", "+0.50", "79.50"]
    assert interval == "-5.85 to +6.85"
