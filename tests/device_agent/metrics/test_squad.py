"""SQuAD 1.1 exact match and F1."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.metrics.squad import AnswerScore, evaluate, exact_match, f1, normalise

TEXT = st.text(alphabet="ab the.,é ال中", min_size=1, max_size=12)
WORD = st.text(alphabet="bcdé中", min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Cat, a hat.", "cat hat"),
        ("an apple", "apple"),
        ("theory of anthems", "theory of anthems"),
        ("a.b", "ab"),
        ("L'Homme", "lhomme"),
        ("„Haus“", "„haus“"),
        ("面积。", "面积。"),
        ("the", ""),
        ("\u00a0x\u3000y\n", "x y"),
    ],
)
def test_only_ascii_punctuation_and_english_articles_go(text: str, expected: str) -> None:
    """Other scripts' punctuation and other languages' articles stay, as XTREME scores them."""
    assert normalise(text) == expected


def test_articles_go_after_punctuation() -> None:
    """A hyphen joins before the article is looked for: `a-b` is one word, not `b`."""
    assert normalise("a-b") == "ab"


def test_any_accepted_answer_matches() -> None:
    """The best over the answers counts."""
    assert exact_match("the cat!", ["dog", "Cat"])
    assert not exact_match("cats", ["dog", "Cat"])


def test_repeated_words_count_as_often_as_they_stand() -> None:
    """`b b` against `b c` shares one word: precision and recall are a half."""
    assert f1("b b", ["b c"]) == pytest.approx(0.5)


def test_f1_takes_the_best_answer() -> None:
    """Two of three words right in the second answer give 0.8."""
    assert f1("big red", ["none", "big red dog"]) == pytest.approx(0.8)


def test_nothing_against_nothing_is_an_exact_match_with_f1_zero() -> None:
    """An answer of articles alone: the official script gives EM 1 and F1 0, and so do we."""
    assert exact_match("the", ["a"])
    assert f1("the", ["a"]) == 0


def test_an_unanswered_question_counts_zero() -> None:
    """The mean is over all questions with gold, and extra predictions are passed over."""
    score = evaluate({"1": ["x"], "2": ["y"]}, {"1": "x", "9": "z"})
    assert score == AnswerScore(exact_match=50.0, f1=50.0)


def test_no_gold_has_no_score() -> None:
    """No questions is an error, not 0."""
    with pytest.raises(ValueError, match="gold"):
        evaluate({}, {"1": "x"})


@given(
    st.lists(st.tuples(st.lists(TEXT, min_size=1, max_size=3), TEXT), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_range_and_order(rows: list[tuple[list[str], str]], chance: random.Random) -> None:
    """Both lie between 0 and 100 and do not see the order of questions."""
    keyed = [(str(key), answers, text) for key, (answers, text) in enumerate(rows)]

    def score(order: list[tuple[str, list[str], str]]) -> AnswerScore:
        return evaluate({k: a for k, a, _ in order}, {k: t for k, _, t in order})

    found = score(keyed)
    assert 0 <= found.exact_match <= 100
    assert 0 <= found.f1 <= 100
    mixed = score(chance.sample(keyed, len(keyed)))
    assert mixed.exact_match == found.exact_match
    assert mixed.f1 == pytest.approx(found.f1)


@given(st.lists(WORD, min_size=1, max_size=5))
def test_right_answers_score_100(answers: list[str]) -> None:
    """Gold against itself is 100 in both."""
    gold = {str(key): [answer] for key, answer in enumerate(answers)}
    score = evaluate(gold, {key: texts[0] for key, texts in gold.items()})
    assert score.exact_match == 100
    assert score.f1 == pytest.approx(100)
