"""Splits text at white space and punctuation as BERT's `BasicTokenizer` does.

The rules are those of transformers 2.x, with which XTREME's published answers were made. Later
versions compose characters (NFC) after cleaning; `tokenizers` never does, so the pieces of its
tokenizers can only be found in text that is split as 2.x did it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

IDEOGRAPH = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df"
    "\U0002a700-\U0002b73f\U0002b740-\U0002ceaf\U0002f800-\U0002fa1f]"
)
"""What BERT calls Chinese: each such character is a word. Kana and Hangul are not among them."""

_REPLACEMENT = "\ufffd"


def bert_words(text: str, *, lower_case: bool) -> list[str]:
    """Return the words; with `lower_case` they also lose their accents, as uncased BERT's do."""
    text = "".join(map(_cleaned, text))
    if lower_case:
        decomposed = unicodedata.normalize("NFD", text.lower())
        text = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    return "".join(map(_set_apart, text)).split()


@cache
def _cleaned(char: str) -> str:
    """Return nothing for a control character, a space for any space, and ideographs in spaces."""
    category = unicodedata.category(char)
    if char in "\t\n\r" or category == "Zs":
        return " "
    if char == _REPLACEMENT or category.startswith("C"):
        return ""
    return f" {char} " if IDEOGRAPH.match(char) else char


@cache
def _set_apart(char: str) -> str:
    """Return punctuation in spaces; every ASCII symbol is punctuation here."""
    ascii_symbol = char.isascii() and char.isprintable() and not char.isalnum() and char != " "
    return f" {char} " if ascii_symbol or unicodedata.category(char).startswith("P") else char
