"""Training encodes with the device's code, so a model learns what it will be asked."""

from __future__ import annotations

import numpy as np
import pytest
from tokenizers import Tokenizer

from device_agent.contract.samples import ChoiceInput, QuestionInput, TokensInput
from device_agent.tasks.heads.multiple_choice import MultipleChoice
from device_agent.tasks.heads.question_answering import QuestionAnswering
from device_agent.tasks.heads.token_classification import TokenClassification
from tests.training.conftest import Bench
from training import heads
from training.batches import Padding
from training.examples import Example, Span
from training.heads.protocol import IGNORED


@pytest.fixture(scope="module")
def tokenizer(bench: Bench) -> Tokenizer:
    """Return the tests' tokenizer."""
    return Tokenizer.from_file(str(bench.tokenizer / "tokenizer.json"))


def test_only_first_subwords_have_a_tag(tokenizer: Tokenizer) -> None:
    """Special tokens and later subwords are passed over."""
    example = Example(
        input=TokensInput(tokens=("Anna", "unbelievably", ".")), target=("NOUN", "ADV", "PUNCT")
    )
    (item,) = heads.get("token-classification").features(
        TokenClassification(), tokenizer, example, ("ADV", "NOUN", "PUNCT")
    )
    tags = [tag for tag in item["labels"] if tag != IGNORED]
    assert tags == [1, 0, 2]
    assert len(item["labels"]) == len(item["input_ids"]) > 5


def test_the_answer_is_found_among_the_tokens(tokenizer: Tokenizer) -> None:
    """What the device decodes from perfect outputs is the answer."""
    context = "Peter is in the park. The doctor is reading a red book in the garden."
    begin = context.index("a red book")
    asked = QuestionInput(question="What is the doctor reading?", context=context)
    head = QuestionAnswering()
    (item,) = heads.get("question-answering").features(
        head, tokenizer, Example(input=asked, target=Span(start=begin, end=begin + 10)), ()
    )
    rows = head.encode(tokenizer, asked)
    outputs = {
        name: np.eye(len(item["input_ids"]), dtype=np.float32)[[item[position]]]
        for name, position in (("start_logits", "start_positions"), ("end_logits", "end_positions"))
    }
    assert head.decode(asked, rows, [outputs], ()) == "a red book"


def test_a_window_without_the_answer_points_at_its_first_token(tokenizer: Tokenizer) -> None:
    """As the benchmark's own training does."""
    context = "Peter is in the park. " * 8 + "Anna is in the garden."
    begin = context.index("Anna")
    asked = QuestionInput(question="Who?", context=context)
    items = heads.get("question-answering").features(
        QuestionAnswering(max_tokens=40, stride=16),
        tokenizer,
        Example(input=asked, target=Span(start=begin, end=begin + 4)),
        (),
    )
    starts = [item["start_positions"] for item in items]
    assert starts[0] == 0
    assert starts[-1] > 0


def test_choices_stay_together(tokenizer: Tokenizer) -> None:
    """A batch has an axis for the choices."""
    example = Example(
        input=ChoiceInput(prompt="Anna is hungry.", choices=("She eats.", "He sells a car now.")),
        target=1,
    )
    learner = heads.get("multiple-choice")
    items = learner.features(MultipleChoice(), tokenizer, example, ()) * 3
    batch = Padding(1, learner.padding())(items)
    assert batch["input_ids"].shape == batch["attention_mask"].shape
    assert batch["input_ids"].shape[:2] == (3, 2)
    assert batch["labels"].tolist() == [1, 1, 1]


def test_padding_is_masked_and_has_no_tag() -> None:
    """Shorter items are filled up to the longest."""
    batch = Padding(1, {"labels": IGNORED})(
        [{"input_ids": [0, 5, 2], "labels": [1, 2, 3]}, {"input_ids": [0, 2], "labels": [4, 5]}]
    )
    assert batch["input_ids"].tolist() == [[0, 5, 2], [0, 2, 1]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 1, 0]]
    assert batch["labels"].tolist() == [[1, 2, 3], [4, 5, IGNORED]]
