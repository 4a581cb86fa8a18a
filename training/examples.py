"""What a model learns from: an input of the device's tasks, and what is right about it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from device_agent.contract.codec import Document, encode
from device_agent.contract.samples import Gold, Input, QuestionInput, Sample
from device_agent.digest import digest_bytes
from device_agent.tasks.protocol import Task
from device_agent.tasks.reading.squad_json import read_questions
from training.errors import TrainingError


class Span(Document, tag="span"):
    """Where an answer stands in its context: first character and end (exclusive), code points."""

    start: int
    end: int


Target: TypeAlias = str | int | tuple[str, ...] | Span


class Example(Document):
    """One thing to learn.

    Attributes:
        target: The label; the right choice's 0-based index; a tag a word; the answer's span.
    """

    input: Input
    target: Target


def read_examples(task: Task, root: Path, language: str, split: str) -> list[Example]:
    """Read a split of a task that has its gold in the official layout.

    Raises:
        DataError: The file is missing or malformed.
        TrainingError: It is empty, or a sample has no gold.
    """
    source = f"{task.name}, {split}, {language}, below {root}"
    return not_empty(labelled(task.read(root, language, split), source), source)


def labelled(samples: Sequence[Sample], source: str) -> list[Example]:
    """Return samples with their gold as the target.

    Raises:
        TrainingError: A sample has no gold.
    """
    return [Example(input=sample.input, target=_gold(sample.gold, source)) for sample in samples]


def read_spans(path: Path) -> list[Example]:
    """Read answers of a file in SQuAD 1.1's form with their places; the first of several counts.

    Raises:
        DataError: The file is missing or malformed.
        TrainingError: It has no question, or an answer does not stand where the file says.
    """
    examples = []
    for question in read_questions(path):
        if not question.answers:
            raise TrainingError(
                f"{path}: question {question.id!r} has no answer.",
                remedy="Train on a file with answers: SQuAD's train-v1.1.json, not a test file.",
            )
        answer = question.answers[0]
        span = Span(start=answer.answer_start, end=answer.answer_start + len(answer.text))
        if question.context[span.start : span.end] != answer.text:
            raise TrainingError(
                f"{path}: question {question.id!r}: found "
                f"{question.context[span.start : span.end]!r} at {span.start}, expected the "
                f"answer {answer.text!r}.",
                remedy="Correct answer_start, in characters (not bytes) from 0.",
            )
        asked = QuestionInput(question=question.question, context=question.context)
        examples.append(Example(input=asked, target=span))
    return not_empty(examples, str(path))


def share_equally(
    examples: Mapping[str, Sequence[Example]], count: int, seed: int
) -> list[Example]:
    """Draw the same number of each language's examples, `count` in all, in random order.

    So regimes can be compared: one with eight languages sees no more than one with English alone.

    Args:
        examples: Per language.
        count: In all; where it cannot be divided, the first languages have one more.
        seed: Equal seeds draw equal examples.

    Raises:
        TrainingError: A language has too few.
    """
    shuffler = random.Random(seed)
    drawn: list[Example] = []
    for number, (language, available) in enumerate(sorted(examples.items())):
        share = count // len(examples) + (number < count % len(examples))
        if len(available) < share:
            raise TrainingError(
                f"{language}: found {len(available)} examples, expected at least {share}.",
                remedy="Lower the number of examples, or leave the language out.",
            )
        drawn += shuffler.sample(list(available), share)
    shuffler.shuffle(drawn)
    return drawn


def digest(examples: Sequence[Example]) -> str:
    """Return the identity of the examples in their order."""
    return digest_bytes(encode(list(examples)))


def not_empty(examples: list[Example], source: str) -> list[Example]:
    """Return the examples.

    Raises:
        TrainingError: There are none.
    """
    if not examples:
        raise TrainingError(
            f"{source}: found no example, expected at least one.",
            remedy="Download the file again, or leave the task or language out.",
        )
    return examples


def _gold(gold: Gold | None, source: str) -> Target:
    if gold is None:
        raise TrainingError(
            f"{source}: a sample has no gold.", remedy="Train on a split whose files have labels."
        )
    return gold
