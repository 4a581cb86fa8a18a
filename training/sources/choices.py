"""Makes examples of questions with a fixed number of answers to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from device_agent.contract.samples import ChoiceInput
from training.examples import Example
from training.sources.rows import Row


def choice_example(
    row: Row, prompt: str, choices: Sequence[str], right: int, expected: int
) -> Example:
    """Return the example.

    Args:
        row: Where it is from.
        prompt: What stands before every choice.
        choices: In the published order.
        right: The right one's 0-based index.
        expected: How many there must be: a batch holds equally many of each.

    Raises:
        DataError: There are more choices or fewer.
    """
    if len(choices) != expected:
        raise row.refused(f"{len(choices)} choices", str(expected))
    return Example(input=ChoiceInput(prompt=prompt, choices=tuple(choices)), target=right)


def numbered(count: int) -> tuple[str, ...]:
    """Return the labels of choices that are counted from 0."""
    return tuple(str(number) for number in range(count))
