"""MLQA's normalisation, language by language."""

from __future__ import annotations

import random
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.contract.errors import DataError
from device_agent.metrics.mlqa import LANGUAGES, normalise
from device_agent.metrics.squad import evaluate

TEXT = st.text(alphabet="ab the.,é ال中«", min_size=1, max_size=12)
WORD = st.text(alphabet="bcdé中ह", min_size=1, max_size=5)
ROWS = st.lists(st.tuples(st.lists(TEXT, min_size=1, max_size=3), TEXT), min_size=1, max_size=6)


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


@given(ROWS, st.sampled_from(LANGUAGES), st.randoms(use_true_random=False))
def test_range_and_order(
    rows: list[tuple[list[str], str]], language: str, chance: random.Random
) -> None:
    """Scored with any language's rules, both lie between 0 and 100 whatever the order."""
    keyed = [(str(key), answers, text) for key, (answers, text) in enumerate(rows)]
    mixed = chance.sample(keyed, len(keyed))
    scores = [
        evaluate(
            {key: answers for key, answers, _ in order},
            {key: text for key, _, text in order},
            partial(normalise, language=language),
        )
        for order in (keyed, mixed)
    ]
    assert 0 <= scores[0].exact_match <= 100
    assert 0 <= scores[0].f1 <= 100
    assert scores[1].exact_match == scores[0].exact_match
    assert scores[1].f1 == pytest.approx(scores[0].f1)


@given(st.lists(WORD, min_size=1, max_size=5), st.sampled_from(LANGUAGES))
def test_right_answers_score_100(answers: list[str], language: str) -> None:
    """Gold against itself is 100 in both."""
    gold = {str(key): [answer] for key, answer in enumerate(answers)}
    found = {key: texts[0] for key, texts in gold.items()}
    score = evaluate(gold, found, partial(normalise, language=language))
    assert score.exact_match == 100
    assert score.f1 == pytest.approx(100)
