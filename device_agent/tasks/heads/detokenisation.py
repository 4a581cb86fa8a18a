"""Reads tokens back as text, as transformers' slow tokenizers do (`convert_tokens_to_string`).

SQuAD's reference code works on that text. It is not what `Tokenizer.decode` gives, which also
moves punctuation and drops special tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer, decoders, models

_SENTENCEPIECE_SPACE = "▁"


@dataclass(frozen=True)
class Pieces:
    """Tokens read back.

    Attributes:
        text: With single spaces; an unknown token reads as the unknown token's name.
        lower_case: The tokenizer takes case away, and accents: XTREME's `do_lower_case`.
        words_are_berts: The tokenizer splits text as BERT does before it looks for subwords.
    """

    text: str
    lower_case: bool
    words_are_berts: bool


def detokenise(tokenizer: Tokenizer, ids: Sequence[int]) -> Pieces:
    """Return what some tokens of a text say."""
    normaliser = tokenizer.normalizer
    return Pieces(
        text=" ".join(_joined(tokenizer, ids).split()),
        lower_case=normaliser is not None and "A" not in normaliser.normalize_str("A"),
        words_are_berts=isinstance(tokenizer.model, models.WordPiece),
    )


def _joined(tokenizer: Tokenizer, ids: Sequence[int]) -> str:
    pieces = [tokenizer.id_to_token(number) for number in ids]
    model = tokenizer.model
    if isinstance(model, models.WordPiece):
        return " ".join(pieces).replace(f" {model.continuing_subword_prefix}", "")
    if isinstance(tokenizer.decoder, decoders.ByteLevel):
        return str(tokenizer.decoder.decode(pieces))
    return "".join(pieces).replace(_SENTENCEPIECE_SPACE, " ")
