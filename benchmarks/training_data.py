"""What the training benchmark trains and tests on: real samples, and the demo's sentences."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from benchmarks.plain_trainer import Question
from device_agent import tasks
from device_agent.contract.samples import QuestionInput, TokensInput
from device_agent.tasks.families.answer_extraction import AnswerExtraction
from host.demo.corpus.learning import Amounts as LearningAmounts
from host.demo.corpus.learning import write_learning
from host.demo.materialise import materialise
from training import learning, target
from training.examples import Example, Span
from training.pretrain import pretrain
from training.recipe import EncoderShape, Hyperparameters
from training.tokenizer import SPACE, save_tokenizer, train_tokenizer

TASKS = ("udpos", "panx", "tydiqa", "xquad")
FILES = {"tydiqa": "tydiqa/tydiqa.goldp.en.train.json"}
"""Where the sample's files do not lie as in the download."""

DEMO = "xquad"
"""Learned from the demo's sentences with the demo's encoder, all others from real data."""


@dataclass(frozen=True)
class Budget:
    """What one training has: examples to draw from, updates, examples an update."""

    train: int
    steps: int
    batch_size: int = 16


@dataclass(frozen=True)
class Amounts:
    """How much is done.

    Attributes:
        budgets: For each task.
        test: Examples of each task that are held out.
        pretraining_steps: Of the encoder for real data, of the shape and vocabulary beside.
    """

    budgets: dict[str, Budget]
    test: int
    pretraining_steps: int
    shape: EncoderShape
    vocabulary: int


FULL = Amounts(
    budgets={
        "udpos": Budget(train=8000, steps=250),
        "panx": Budget(train=12000, steps=1000),
        "tydiqa": Budget(train=3000, steps=200, batch_size=8),
        "xquad": Budget(train=3000, steps=250),
    },
    test=300,
    pretraining_steps=200,
    shape=EncoderShape(
        hidden_size=128, layers=4, attention_heads=4, intermediate_size=512, max_tokens=384
    ),
    vocabulary=5000,
)
QUICK = Amounts(
    budgets=dict.fromkeys(TASKS, Budget(train=100, steps=5, batch_size=8)),
    test=20,
    pretraining_steps=5,
    shape=EncoderShape(
        hidden_size=32, layers=2, attention_heads=2, intermediate_size=64, max_tokens=384
    ),
    vocabulary=3000,
)


Split = tuple[list[Example], list[Example]]


def read(data: Path, task: str, amounts: Amounts) -> Split:
    """Return examples to learn from and examples that are held out."""
    examples = learning.get(target, task).read(data, "en", FILES.get(task))
    # The file's order is that of its sources.
    random.Random(1).shuffle(examples)
    held_out = len(examples) - amounts.test
    return examples[: min(held_out, amounts.budgets[task].train)], examples[held_out:]


def write_demo(folder: Path, amounts: Amounts) -> Path:
    """Write questions about the demo's sentences, and return the demo's encoder beside them."""
    count = amounts.budgets[DEMO].train + amounts.test
    wanted = LearningAmounts(texts=0, translations=0, intermediate=0, target=count)
    write_learning(folder / "learning", seed=1, amounts=wanted)
    return materialise(folder).checkpoints["english"]["encoder"]


def make_base(folder: Path, splits: dict[str, Split], amounts: Amounts) -> None:
    """Pre-train a small encoder on the text that the tasks are learned from."""
    lines = [line for train, _ in splits.values() for line in _lines(train)]
    words = [SPACE + word for line in lines for word in line.split()]
    save_tokenizer(
        train_tokenizer(words, amounts.vocabulary),
        folder / "tokenizer",
        amounts.shape.max_tokens,
    )
    pretrain(
        folder / "tokenizer",
        folder / "encoder",
        name="small",
        shape=amounts.shape,
        texts={"en": lines},
        translations={},
        hyperparameters=Hyperparameters(
            epochs=1, learning_rate=1e-3, batch_size=16, max_steps=amounts.pretraining_steps
        ),
        seed=1,
    )


def _lines(examples: Sequence[Example]) -> list[str]:
    texts = (
        " ".join(one.input.tokens)
        if isinstance(one.input, TokensInput)
        else one.input.context
        if isinstance(one.input, QuestionInput)
        else ""
        for one in examples
    )
    return list(dict.fromkeys(texts))


def write_test(root: Path, task: str, examples: Sequence[Example]) -> None:
    """Write held-out examples as the benchmark's test file of English, gold inside."""
    if task in ("udpos", "panx"):
        path = root / task / "test-en.tsv"
        text = "\n".join(
            "".join(f"{word}\t{tag}\n" for word, tag in zip(*tagged(one), strict=True))
            for one in examples
        )
    else:
        path = cast("AnswerExtraction", tasks.get(task)).file(root, "en", "test")
        paragraphs = [
            {
                "context": asked.context,
                "qas": [
                    {
                        "id": str(number),
                        "question": asked.question,
                        "answers": [{"text": asked.answer, "answer_start": asked.start}],
                    }
                ],
            }
            for number, asked in enumerate(map(question, examples))
        ]
        text = json.dumps({"data": [{"paragraphs": paragraphs}]})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def tagged(example: Example) -> tuple[tuple[str, ...], tuple[str, ...]]:
    assert isinstance(example.input, TokensInput)
    assert isinstance(example.target, tuple)
    return example.input.tokens, example.target


def question(example: Example) -> Question:
    asked, span = example.input, example.target
    assert isinstance(asked, QuestionInput)
    assert isinstance(span, Span)
    answer = asked.context[span.start : span.end]
    return Question(asked.question, asked.context, answer, span.start)
