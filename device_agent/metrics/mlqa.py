"""MLQA's normalisation of answers, one rule set a language.

As `mlqa_evaluation_v1.py` (facebookresearch/MLQA), faults included, because published scores have
them: Arabic loses every ال, inside a word too, and Chinese is split into characters from U+4E00
to U+9FA5 only.
"""

from __future__ import annotations

import re
import string
import unicodedata

from device_agent.contract.errors import DataError

_ARTICLES = {
    "ar": re.compile("ال"),
    "de": re.compile(r"\b(ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b"),
    "en": re.compile(r"\b(a|an|the)\b"),
    "es": re.compile(r"\b(un|una|unos|unas|el|la|los|las)\b"),
    "hi": None,
    "vi": re.compile(r"\b(của|là|cái|chiếc|những)\b"),
    "zh": None,
}
_HAN = re.compile("([\u4e00-\u9fa5])")

LANGUAGES = tuple(_ARTICLES)


def normalise(text: str, language: str) -> str:
    """Lower the case, drop all Unicode punctuation, then articles; words are single-spaced.

    Args:
        text: An answer.
        language: Of the context, and so of the answer.

    Raises:
        DataError: MLQA has no such language.
    """
    if language not in _ARTICLES:
        raise DataError(
            f"MLQA defines no normalisation for language {language!r}.",
            remedy=f"Use one of its languages: {', '.join(LANGUAGES)}.",
        )
    text = "".join(character for character in text.lower() if not _is_punctuation(character))
    articles = _ARTICLES[language]
    if articles is not None:
        text = articles.sub(" ", text)
    if language == "zh":
        text = _HAN.sub(r" \1 ", text)
    return " ".join(text.split())


def _is_punctuation(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")
