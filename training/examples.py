"""What a model learns from: an input of the device's tasks, and what is right about it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from device_agent.contract.codec import Document, encode
from device_agent.contract.samples import Input
from device_agent.digest import digest_bytes
from training.errors import TrainingError


class Span(Document, tag="span"):
    """Where an answer stands in its context: first character and end (exclusive), code points.

    An empty one says that the context does not answer the question.
    """

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
