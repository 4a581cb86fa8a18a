"""A row for each choice; the best logit wins."""

from __future__ import annotations

import numpy as np

from device_agent.contract.samples import ChoiceInput
from device_agent.tasks.heads.multiple_choice import MultipleChoice

INPUT = ChoiceInput(
    prompt="Ich leerte meine Taschen. What was the effect?",
    choices=("Ich fand ein Ticket.", "Ich fand eine Waffe.", "Nichts."),
)


def test_each_choice_is_paired_with_the_prompt(tokenizers) -> None:
    """Rows come in the order of the choices and equal transformers' own."""
    rows = MultipleChoice().encode(tokenizers.plain, INPUT)
    expected = [tokenizers.fast(INPUT.prompt, choice)["input_ids"] for choice in INPUT.choices]
    assert [row.input_ids[0].tolist() for row in rows] == expected


def test_the_highest_logit_wins_and_the_first_of_equals() -> None:
    """The prediction is a 0-based index."""
    head = MultipleChoice()

    def choose(*logits: float) -> int:
        outputs = [{"logits": np.array([[value]], dtype=np.float32)} for value in logits]
        return head.decode(INPUT, [], outputs, ())

    assert choose(0.0, 3.0, 1.0) == 1
    assert choose(2.0, 2.0, 1.0) == 0
