"""Turns text into rows of token ids, cut as transformers' fast tokenizers cut them.

Nothing is ever set on the tokenizer, so that heads with different limits may share one. What a
saved `tokenizer.json` carries of its training (padding, truncation) is cleared: the task's own
limits hold.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from tokenizers import Encoding, Tokenizer

from device_agent.contract.errors import ContractError
from device_agent.tasks.protocol import Row


def without_limits(tokenizer: Tokenizer) -> Tokenizer:
    """Return the tokenizer itself, without the padding and truncation it was saved with."""
    if tokenizer.truncation is not None:
        tokenizer.no_truncation()
    if tokenizer.padding is not None:
        tokenizer.no_padding()
    return tokenizer


def subwords(tokenizer: Tokenizer, text: str) -> Encoding:
    """Tokenise one text, special tokens left out."""
    return without_limits(tokenizer).encode(text, add_special_tokens=False)


def one_text(tokenizer: Tokenizer, text: str, max_tokens: int) -> Encoding:
    """Tokenise one text with special tokens, cut at its end to `max_tokens` in all."""
    encoding = subwords(tokenizer, text)
    encoding.truncate(max_tokens - tokenizer.num_special_tokens_to_add(False))
    return tokenizer.post_process(encoding)


def two_texts(tokenizer: Tokenizer, first: str, second: str, max_tokens: int) -> Encoding:
    """Tokenise a pair with special tokens, cut to `max_tokens` in all: `longest_first`.

    While one text is longer it alone is cut; once both are of a length they share what is left,
    the odd token going to the second unless the first was the longer one. This is the rule of
    `tokenizers` (truncation.rs), which transformers' fast tokenizers use.
    """
    encodings = subwords(tokenizer, first), subwords(tokenizer, second)
    room = max_tokens - tokenizer.num_special_tokens_to_add(True)
    lengths = longest_first(len(encodings[0].ids), len(encodings[1].ids), room)
    for encoding, length in zip(encodings, lengths, strict=True):
        encoding.truncate(length)
    return tokenizer.post_process(*encodings)


def longest_first(first: int, second: int, room: int) -> tuple[int, int]:
    """Return how many tokens of each text stay when both together have `room`."""
    if first + second <= room:
        return first, second
    short, long = sorted((first, second))
    long = short if short > room else max(short, room - short)
    if short + long > room:
        short, long = room // 2, room // 2 + room % 2
    return (long, short) if first > second else (short, long)


def unknown_token(tokenizer: Tokenizer) -> str:
    """Return the text of the tokenizer's unknown token, which it reads back as that one token.

    Raises:
        ContractError: It has none.
    """
    named = getattr(tokenizer.model, "unk_token", None)
    for token in [named] if named else ["<unk>", "[UNK]"]:
        number = tokenizer.token_to_id(token)
        if number is not None and subwords(tokenizer, token).ids == [number]:
            return str(token)
    raise ContractError(
        "The tokenizer has no unknown token, and a word of the input has no token at all.",
        remedy="Export a checkpoint whose tokenizer.json has <unk> or [UNK] as an added token.",
    )


def to_row(encoding: Encoding, context: Any = None) -> Row:
    """Return one forward pass: ids and type ids as int64 [1, tokens]."""
    return Row(
        input_ids=np.array([encoding.ids], dtype=np.int64),
        token_type_ids=np.array([encoding.type_ids], dtype=np.int64),
        context=context,
    )
