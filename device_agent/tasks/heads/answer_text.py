"""Makes the text of a predicted span of tokens as SQuAD's reference code makes it.

The reference (transformers' `squad_metrics.py`: `compute_predictions_logits`, `get_final_text`)
takes the whole words of the context that hold the span, and cuts from them what the span's pieces
say, where it finds that: it looks for the pieces' text in the words as BERT splits them, and counts
characters that are not spaces to come back to the original. Where that fails the words stay whole:
a span that begins inside a word (`##`), one of XLM-R that has punctuation in it, a character that
the tokenizer changed, an unknown piece.

Chinese is the exception. BERT sets each ideograph apart and XLM-R's pieces do not, so of XLM-R the
reference keeps whole sentences: 4 to 6 % exact matches on MLQA's Chinese. Numbers like the
published ones come of taking the pieces' text as the answer to a Chinese question (transformers
issue 3510, XTREME issue 38), which is what we do. mBERT needs no exception.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from device_agent.contract.samples import QuestionInput
from device_agent.tasks.heads.bert_words import IDEOGRAPH, bert_words
from device_agent.tasks.heads.detokenisation import Pieces

_GAPS = " \t\r\n\u202f"
"""What parts words in SQuAD's code; other white space, as U+00A0 or U+3000, is part of a word."""

_WORD = re.compile(f"[^{_GAPS}]+")
_KOREAN_OR_JAPANESE = re.compile("[\u3040-\u30ff\uac00-\ud7a3]")


def answer_text(
    asked: QuestionInput, first: Sequence[int], last: Sequence[int], pieces: Pieces
) -> str:
    """Return the answer; empty only where the context has no word.

    Args:
        asked: Question and original context.
        first: First character and end (exclusive) of the span's first token in the context.
        last: The same of its last token.
        pieces: The span's tokens.
    """
    if pieces.text and not pieces.words_are_berts and _is_chinese(asked.question):
        return pieces.text
    words = whole_words(asked.context, first, last)
    return project(pieces.text, words, lower_case=pieces.lower_case)


def _is_chinese(question: str) -> bool:
    """Tell whether a question is in Chinese: a context may quote any language, it does not."""
    return bool(IDEOGRAPH.search(question)) and not _KOREAN_OR_JAPANESE.search(question)


def whole_words(context: str, first: Sequence[int], last: Sequence[int]) -> str:
    """Return the words from the first token's to the last one's, one space between them.

    A token of white space alone, as SentencePiece has it, belongs to the word that follows.
    """
    text = context.rstrip(_GAPS)
    if not text:
        return ""
    begin, _ = _word_at(text, first[0])
    _, end = _word_at(text, max(last[0], len(text[: last[1]].rstrip(_GAPS)) - 1))
    return " ".join(_WORD.findall(text, begin, end))


def _word_at(text: str, position: int) -> tuple[int, int]:
    """Return begin and end of the word at a position or else after it; the last one at the end."""
    found = _WORD.search(text, min(position, len(text) - 1))
    assert found, "the text ends with a word"
    return 1 + max(text.rfind(gap, 0, found.start()) for gap in _GAPS), found.end()


def project(pieces: str, words: str, *, lower_case: bool) -> str:
    """Return the part of `words` that `pieces` is, in the words' own characters; else all of it.

    Args:
        pieces: Detokenised text, with single spaces.
        words: A part of the context.
        lower_case: Look for it in lower case and without accents.
    """
    split = " ".join(bert_words(words, lower_case=lower_case))
    at = split.find(pieces)
    places = [place for place, char in enumerate(words) if char != " "]
    if not pieces or at < 0 or len(places) != len(split) - split.count(" "):
        return words
    before = at - split.count(" ", 0, at)
    inside = len(pieces) - pieces.count(" ")
    return words[places[before] : places[before + inside - 1] + 1]
