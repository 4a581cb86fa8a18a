"""MLQA's normalisation, language by language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.errors import DataError
from device_agent.metrics.mlqa import LANGUAGES, normalise


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The cat's «hat»", "cats hat"),
        ("de", "Die Katze, eines „Tages“", "katze tages"),
        ("de", "the Katze", "the katze"),
        ("es", "¿Las casas?", "casas"),
        ("vi", "của nhà", "nhà"),
        ("hi", "एक घर।", "एक घर"),
        ("ar", "الكتاب", "كتاب"),
        ("ar", "سالم", "س م"),
        ("zh", "北京2008年", "北 京 2008 年"),
        ("zh", "《北京》", "北 京"),
        ("zh", "㐀北", "㐀 北"),
        ("zh", "\u9fa6\u9fa6", "\u9fa6\u9fa6"),
        ("en", "5$ + 3", "5 3"),
    ],
)
def test_each_language_has_its_rules(language: str, text: str, expected: str) -> None:
    """Unicode punctuation goes everywhere; articles, ال and Han characters by language."""
    assert normalise(text, language) == expected


def test_another_language_is_an_error() -> None:
    """There is no falling back to English."""
    with pytest.raises(DataError, match="'fr'") as caught:
        normalise("le chat", "fr")
    assert "ar, de, en, es, hi, vi, zh" in caught.value.remedy


@given(st.text(), st.sampled_from(LANGUAGES))
def test_words_are_single_spaced(text: str, language: str) -> None:
    """What comes out has no leading, trailing or double white space."""
    found = normalise(text, language)
    assert found == " ".join(found.split())
