"""How long a query's text is, in units that no tokenizer has a say in."""

from __future__ import annotations

from dataclasses import dataclass

from device_agent.contract.samples import (
    ChoiceInput,
    Input,
    PairInput,
    QuestionInput,
    TokensInput,
)


@dataclass(frozen=True)
class TextSize:
    """Length of a text.

    Attributes:
        characters: Unicode code points, as they stand in the data.
        utf8_bytes: Of the text in UTF-8; three times the characters in most of Asia's scripts.
    """

    characters: int
    utf8_bytes: int


def text_size(given: Input) -> TextSize:
    """Return the length of an input's texts together, each counted once.

    What the model is fed may repeat a text (a prompt stands before each of its choices) or cut it
    off; tokens count that, and this does not. Words have nothing between them here, for their
    data does not tell what stood there.
    """
    text = "".join(_texts(given))
    # A lone surrogate, which JSON allows, has no UTF-8 of its own.
    return TextSize(len(text), len(text.encode("utf-8", "surrogatepass")))


def _texts(given: Input) -> tuple[str, ...]:
    if isinstance(given, PairInput):
        return given.first, given.second
    if isinstance(given, ChoiceInput):
        return given.prompt, *given.choices
    if isinstance(given, TokensInput):
        return given.tokens
    if isinstance(given, QuestionInput):
        return given.question, given.context
    return given.text, given.context or ""
