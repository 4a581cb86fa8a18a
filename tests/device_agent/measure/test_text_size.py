"""The length of a query's text, which no tokenizer has a say in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.samples import (
    ChoiceInput,
    Input,
    PairInput,
    QuestionInput,
    SentenceInput,
    TokensInput,
)
from device_agent.measure.text_size import TextSize, text_size


@pytest.mark.parametrize(
    ("given_", "size"),
    [
        (PairInput(first="ab", second="é"), TextSize(3, 4)),
        (ChoiceInput(prompt="p", choices=("aa", "bbb")), TextSize(6, 6)),
        (TokensInput(tokens=("नगर", "x")), TextSize(4, 10)),
        (QuestionInput(question="q?", context="年月"), TextSize(4, 8)),
        (SentenceInput(role="query", text="a", context="bc"), TextSize(3, 3)),
        (SentenceInput(role="query", text="สวัสดี"), TextSize(6, 18)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_text_counts_once(given_: Input, size: TextSize) -> None:
    """A prompt is not counted again with each of its choices."""
    assert text_size(given_) == size


@given(st.text(st.characters(exclude_categories=())))
def test_bytes_are_one_to_four_a_character(text: str) -> None:
    """Whatever a file holds, lone surrogates too; the verification relies on it."""
    size = text_size(SentenceInput(role="query", text=text))
    assert size.characters == len(text)
    assert size.characters <= size.utf8_bytes <= 4 * size.characters
