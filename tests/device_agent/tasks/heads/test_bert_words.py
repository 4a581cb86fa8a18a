"""Words as BERT's own tokenizer makes them before it looks for subwords."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import BasicTokenizer

from device_agent.tasks.heads.bert_words import bert_words
from tests.device_agent.tasks.heads.uncomposed import uncomposed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Müller-Weiß, 5%", ["Müller", "-", "Weiß", ",", "5", "%"]),
        ("a+b=c $1 x^2", ["a", "+", "b", "=", "c", "$", "1", "x", "^", "2"]),
        ("在Köln的", ["在", "Köln", "的"]),
        ("ひらがな 한국어", ["ひらがな", "한국어"]),
        ("ภาษาไทย", ["ภาษาไทย"]),
        ("क्या?", ["क्या", "?"]),
        ("是。", ["是", "。"]),
        ("a\u200bb\x00c\ufffdd", ["abcd"]),
        ("a\u00a0b\u3000c\u202fd\u2028e", ["a", "b", "c", "d", "e"]),
        ("😀!", ["😀", "!"]),
        ("e\u0301", ["e\u0301"]),
        (" \n", []),
    ],
)
def test_words_of_a_cased_tokenizer(text, words) -> None:
    """Punctuation and ideographs stand alone, control characters go, nothing is composed."""
    assert bert_words(text, lower_case=False) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("İstanbul", ["istanbul"]),
        ("Élodie", ["elodie"]),
        ("ΟΔΟΣ Σ.", ["οδος", "σ", "."]),
        ("क़िला", ["किला"]),
    ],
)
def test_words_of_an_uncased_tokenizer(text, words) -> None:
    """Case and accents go."""
    assert bert_words(text, lower_case=True) == words


@given(text=st.text(), lower_case=st.booleans())
def test_words_are_those_of_transformers(text, lower_case) -> None:
    """On any text, less the composing that later versions of transformers begin with."""
    with uncomposed():
        expected = BasicTokenizer(do_lower_case=lower_case).tokenize(text)
    assert bert_words(text, lower_case=lower_case) == expected


def test_words_of_real_contexts_are_those_of_transformers(real_text) -> None:
    """In every script of the sample."""
    with uncomposed():
        for lower_case in (False, True):
            tokenizer = BasicTokenizer(do_lower_case=lower_case)
            for pairs in real_text.questions.values():
                for context in sorted({context for _, context in pairs})[:10]:
                    words = bert_words(context, lower_case=lower_case)
                    assert words == tokenizer.tokenize(context)
