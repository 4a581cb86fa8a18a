"""Questions have the number of choices that their task has."""

from __future__ import annotations

import pytest

from device_agent.contract.errors import DataError
from device_agent.contract.samples import ChoiceInput
from training.examples import Example
from training.sources.choices import choice_example
from training.sources.rows import Row

ROW = Row("f, line 2", {})


def test_choices_stay_in_their_order() -> None:
    """The target is an index."""
    assert choice_example(ROW, "Why?", ["a", "b", "c"], 2, 3) == Example(
        input=ChoiceInput(prompt="Why?", choices=("a", "b", "c")), target=2
    )


@pytest.mark.parametrize("count", [0, 3, 5])
def test_another_number_of_choices_is_refused(count: int) -> None:
    """A batch of theirs would have no form."""
    with pytest.raises(DataError, match=f"line 2: found {count} choices, expected 4"):
        choice_example(ROW, "Why?", ["x"] * count, 0, 4)
